import { DatabaseSync } from 'node:sqlite';
import { sqliteFileOf } from './layout.ts';
import { quoteSqliteName, toSqliteValue } from './sqlite-rows.ts';
import type { SqliteValue } from './sqlite-rows.ts';

export interface GoldRunner {
  /** The rows of one query. Throws SQLite's own error. */
  run(sql: string): SqliteValue[][];
  /** Names of the query's outputs; none where SQLite refuses it. */
  columnsOf(sql: string): string[];
  close(): void;
}

/** A table of which some numeric columns hold stray texts, and what numbers the rest are. */
export interface StrayTable {
  name: string;
  columns: { name: string; strays: 'REAL' | 'NUMERIC' | undefined }[];
}

/**
 * Runs gold queries as published, read-only. Spider writes text in double quotes, which better-sqlite3's build of
 * SQLite refuses (SQLITE_DQS=0); Node's own accepts it when asked to. The texts in `strayTables` read as NULL.
 */
export function openGoldRunner(spiderDir: string, dbId: string, strayTables: StrayTable[] = []): GoldRunner {
  const database = new DatabaseSync(sqliteFileOf(spiderDir, dbId), {
    readOnly: true,
    enableDoubleQuotedStringLiterals: true,
  });
  for (const table of strayTables) database.exec(hideStrays(table));
  return goldRunnerOf(database);
}

/** Runs gold queries on an open database. */
export function goldRunnerOf(database: DatabaseSync): GoldRunner {
  return {
    run: (sql) => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      statement.setReadBigInts(true);
      return (statement.all() as unknown as unknown[][]).map((row) => row.map(toSqliteValue));
    },
    columnsOf: (sql) => {
      try {
        return database
          .prepare(sql)
          .columns()
          .map((column) => column.name);
      } catch {
        return [];
      }
    },
    close: () => database.close(),
  };
}

/** A temporary view comes before the table of its name, and needs no write to the file. */
function hideStrays(table: StrayTable): string {
  const columns = table.columns.map(({ name, strays }) => {
    const column = quoteSqliteName(name);
    if (strays === undefined) return column;
    return `CAST(CASE typeof(${column}) WHEN 'text' THEN NULL ELSE ${column} END AS ${strays}) AS ${column}`;
  });
  const name = quoteSqliteName(table.name);
  return `CREATE TEMP VIEW ${name} AS SELECT ${columns.join(', ')} FROM main.${name}`;
}
