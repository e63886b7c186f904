import { DatabaseSync } from 'node:sqlite';
import { sqliteFileOf } from './layout.ts';
import { toSqliteValue } from './sqlite-rows.ts';
import type { SqliteValue } from './sqlite-rows.ts';

export interface GoldRunner {
  /** The rows of one query. Throws SQLite's own error. */
  run(sql: string): SqliteValue[][];
  close(): void;
}

/**
 * Runs gold queries as published, read-only. Spider writes text in double quotes, which better-sqlite3's build of
 * SQLite refuses (SQLITE_DQS=0); Node's own accepts it when asked to.
 */
export function openGoldRunner(spiderDir: string, dbId: string): GoldRunner {
  const database = new DatabaseSync(sqliteFileOf(spiderDir, dbId), {
    readOnly: true,
    enableDoubleQuotedStringLiterals: true,
  });
  return {
    run: (sql) => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      statement.setReadBigInts(true);
      return (statement.all() as unknown as unknown[][]).map((row) => row.map(toSqliteValue));
    },
    close: () => database.close(),
  };
}
