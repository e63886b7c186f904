import { AppError } from '../../contract/index.ts';
import type { LoaderTarget } from '../../postgres/load-rows.ts';

/** What the thread is given. */
export interface LiveQuery {
  spiderDir: string;
  dbId: string;
  sqliteSql: string;
  sql: string;
  /** May see what is loaded, and lets the reader see it. */
  owner: LoaderTarget;
  /** May only read. */
  reader: LoaderTarget;
  /** For each statement of PostgreSQL, in milliseconds. */
  timeoutMs: number;
}

export function notLoaded(dbId: string, cause?: unknown): AppError {
  return new AppError('DATASET_MISSING', `The database ${dbId} is not loaded into PostgreSQL.`, {
    hint: 'Load it with `npm run -s sqlcodegen -- data convert`.',
    cause,
  });
}
