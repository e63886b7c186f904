import { AppError } from '../../contract/index.ts';
import { openSqlite } from '../../spider/sqlite-database.ts';
import { readSqlitePage } from '../../spider/sqlite-page.ts';
import { readSqliteSchema } from '../../spider/sqlite-schema.ts';
import type { DatasetFolder } from './dataset-folder.ts';
import { refuseUnsafeName } from './read-databases.ts';

export interface TablePage {
  dbId: string;
  table: string;
  offset: number;
  limit: number;
}

/**
 * One page of a table of the shipped SQLite database, in the order stored.
 * @throws AppError NOT_FOUND, DATASET_MISSING, DATASET_CORRUPT
 */
export function readTableRows(folder: DatasetFolder, { dbId, table, offset, limit }: TablePage) {
  refuseUnsafeName(dbId);
  const database = openSqlite(folder.spiderDir, dbId);
  try {
    const found = readSqliteSchema(database).find(({ name }) => name.toLowerCase() === table.toLowerCase());
    if (found === undefined) {
      throw new AppError('NOT_FOUND', `The database ${dbId} has no table "${table}".`, {
        hint: 'Its schema lists the tables.',
      });
    }
    const { rows, total } = readSqlitePage(database, found, { offset, limit });
    return {
      columns: found.columns.map(({ name, declaredType }) => ({ name, type: declaredType })),
      rows: rows.map((row) => row.map((value) => (typeof value === 'bigint' ? String(value) : value))),
      total,
    };
  } finally {
    database.close();
  }
}
