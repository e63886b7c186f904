import type { RowLoader } from '../postgres/load-rows.ts';
import type { GoldRunner, StrayTable } from '../spider/index.ts';
import type { LoadedDatabase } from './load.ts';

/** The two engines that answer a pair, on the same rows. */
export interface Engines {
  loader: RowLoader;
  gold: GoldRunner;
}

/** Both engines must see the same rows: what PostgreSQL stored as NULL reads as NULL in SQLite. */
export function listStrays(database: LoadedDatabase): StrayTable[] {
  return database.tables
    .filter((table) => table.cellsNulled > 0)
    .map((table) => ({
      name: table.name,
      columns: table.columns.map(({ name, type, cellsNulled }) => ({
        name,
        strays: cellsNulled === 0 ? undefined : type === 'double precision' ? 'REAL' : 'NUMERIC',
      })),
    }));
}
