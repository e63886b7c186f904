import type { Database } from '../../postgres/index.ts';
import type { TextRow } from './suite-schema.ts';

/** Rows kept of each table, chosen by a hash among the first ones. */
const rowsKept = 300;
const rowsLookedAt = 20_000;
const timeoutMs = 30_000;

/**
 * Some rows of a table, as text, the same on every machine as long as the table stays.
 * @throws AppError what `runReadOnly` throws
 */
export async function readShippedRows(
  database: Pick<Database, 'readRows'>,
  namespace: string,
  table: { name: string; columns: { name: string }[] },
  signal?: AbortSignal,
): Promise<TextRow[]> {
  if (table.columns.length === 0) return [];
  const values = table.columns.map(({ name }) => `${quoted(name)}::text`).join(', ');
  const rows = await database.readRows(
    `SELECT json_build_array(${values}) AS cells FROM (SELECT * FROM ${quoted(namespace)}.${quoted(table.name)} ` +
      `LIMIT ${rowsLookedAt}) AS shipped ORDER BY md5(shipped::text), shipped::text LIMIT ${rowsKept}`,
    [],
    { timeoutMs, signal },
  );
  return rows.map(({ cells }) => cells as TextRow);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
