import type { Database } from 'better-sqlite3';
import { quoteSqliteName, toSqliteValue } from './sqlite-rows.ts';
import type { SqliteValue } from './sqlite-rows.ts';

export interface SqlitePage {
  rows: SqliteValue[][];
  /** Rows of the whole table. */
  total: number;
}

/** Some rows of a table in the order stored, read as `readSqliteRows` reads them. */
export function readSqlitePage(
  database: Database,
  table: { name: string; columns: { name: string }[] },
  { offset, limit }: { offset: number; limit: number },
): SqlitePage {
  const from = `FROM ${quoteSqliteName(table.name)}`;
  const list = table.columns.map(({ name }) => {
    const column = quoteSqliteName(name);
    return `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END`;
  });
  const page = database
    .prepare(`SELECT ${list.join(', ')} ${from} LIMIT ? OFFSET ?`)
    .raw()
    .safeIntegers();
  const total = database.prepare(`SELECT count(*) ${from}`).pluck().get() as number;
  return { rows: (page.all(limit, offset) as unknown[][]).map((row) => row.map(toSqliteValue)), total };
}
