import type { Column, DatabaseSchema, Table } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { quoteIdentifier } from '../../lib/quote-identifier.ts';

/** One visible line of the tree. */
export interface TreeLine {
  key: string;
  level: 1 | 2;
  name: string;
  /** What a click inserts, quoted where needed. */
  insertText: string;
  note: string;
  /** The whole story, for the tooltip and for screen readers. */
  description: string;
  icon: 'table' | 'view' | 'primary-key' | 'foreign-key' | 'column';
  /** Only on tables. */
  expanded?: boolean;
  parentKey?: string;
}

/** More tables than this are found by searching. */
export const shownTables = 400;

/**
 * The lines to show: tables, and the columns of those that are open. A search shows tables that match by name or
 * comment, and opens those of which a column matches.
 */
export function listLines(
  schema: DatabaseSchema,
  open: ReadonlySet<string>,
  search: string,
): { lines: TreeLine[]; hidden: number } {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const found = schema.tables.filter(
    (table) =>
      matches(`${table.namespace}.${table.name}`) || table.columns.some((column) => matches(column.name)),
  );
  const lines = found.slice(0, shownTables).flatMap((table) => {
    const key = `${table.namespace}.${table.name}`;
    const byColumn = words.length > 0 && !matches(key);
    const expanded = open.has(key) || byColumn;
    const columns = byColumn ? table.columns.filter((column) => matches(column.name)) : table.columns;
    const line = tableLine(schema, table, key, expanded);
    return expanded ? [line, ...columns.map((column) => columnLine(schema, table, column, key))] : [line];
  });
  return { lines, hidden: Math.max(0, found.length - shownTables) };
}

function tableLine(schema: DatabaseSchema, table: Table, key: string, expanded: boolean): TreeLine {
  const local = schema.searchPath.includes(table.namespace);
  const estimate = table.rowEstimate === undefined ? [] : [copy.schema.rows(Math.round(table.rowEstimate))];
  return {
    key,
    level: 1,
    name: local ? table.name : key,
    insertText: (local ? [table.name] : [table.namespace, table.name]).map(quoteIdentifier).join('.'),
    note: table.kind === 'table' ? '' : copy.schema.kinds[table.kind],
    description: [copy.schema.kinds[table.kind], table.comment, ...estimate].filter(Boolean).join(' · '),
    icon: table.kind.includes('view') ? 'view' : 'table',
    expanded,
  };
}

function columnLine(schema: DatabaseSchema, table: Table, column: Column, parentKey: string): TreeLine {
  const isPrimary = table.primaryKey.includes(column.name);
  const foreign = table.foreignKeys.find((key) => key.columns.includes(column.name));
  const target = foreign && foreign.targetColumns[foreign.columns.indexOf(column.name)];
  return {
    key: `${parentKey}.${column.name}`,
    level: 2,
    name: column.name,
    insertText: quoteIdentifier(column.name),
    note: column.type,
    description: [
      column.type,
      column.nullable ? undefined : copy.schema.notNull,
      isPrimary ? copy.schema.primaryKey : undefined,
      foreign ? copy.schema.foreignKey(`${foreign.targetTable}.${target}`) : undefined,
      column.enumLabels?.join(' | '),
      column.comment,
    ]
      .filter(Boolean)
      .join(' · '),
    icon: isPrimary ? 'primary-key' : foreign ? 'foreign-key' : 'column',
    parentKey,
  };
}
