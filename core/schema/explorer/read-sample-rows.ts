import { AppError, type DatabaseSchema, type QueryResult, type TableName } from '../../contract/index.ts';
import { quoteList, quoteTable } from './quote-names.ts';

/** A read-only path that caps rows and time; the connections' databases have it. */
export type RunReadOnly = (
  sql: string,
  options: { maxRows: number; timeoutMs: number; signal?: AbortSignal | undefined },
) => Promise<QueryResult>;

const timeoutMs = 15_000;

export interface SampleOptions {
  offset: number;
  limit: number;
  signal?: AbortSignal | undefined;
}

/**
 * Rows of a table by its primary key, only of columns that the role may read. One more than the limit is asked for, so
 * that `truncated` says whether there are others. @throws AppError NOT_FOUND where the schema has no such table
 */
export async function readSampleRows(
  run: RunReadOnly,
  schema: DatabaseSchema,
  name: TableName,
  { offset, limit, signal }: SampleOptions,
): Promise<QueryResult> {
  const table = schema.tables.find((one) => one.namespace === name.namespace && one.name === name.table);
  if (table === undefined) {
    throw new AppError('NOT_FOUND', `There is no table ${name.namespace}.${name.table} that may be read.`, {
      hint: 'It may have been renamed or dropped: read the schema again.',
    });
  }
  const order = table.primaryKey.length > 0 ? ` ORDER BY ${quoteList(table.primaryKey)}` : '';
  const columns = quoteList(table.columns.map((column) => column.name));
  const sql = `SELECT ${columns} FROM ${quoteTable(name)}${order} LIMIT ${limit + 1} OFFSET ${offset}`;
  return run(sql, { maxRows: limit, timeoutMs, signal });
}
