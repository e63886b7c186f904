import { createHash } from 'node:crypto';
import type { DatabaseSchema } from '../contract/index.ts';

/**
 * SHA-256 of what a statement depends on: tables and columns with their types, keys, the search path. Comments, estimates
 * and the order in which the catalogue gave them do not count.
 */
export function fingerprintSchema({ tables, searchPath }: DatabaseSchema): string {
  const lines = tables.flatMap(({ namespace, name, columns, primaryKey, foreignKeys }) => [
    ['table', namespace, name, primaryKey],
    ...columns.map((column) => [
      ...['column', namespace, name, column.name, column.type, column.nullable],
      column.enumLabels ?? [],
    ]),
    ...foreignKeys.map((key) => [
      ...['key', namespace, name, key.columns, key.targetNamespace, key.targetTable],
      key.targetColumns,
    ]),
  ]);
  const text = [JSON.stringify(searchPath), ...lines.map((line) => JSON.stringify(line)).toSorted()];
  return createHash('sha256').update(text.join('\n')).digest('hex');
}
