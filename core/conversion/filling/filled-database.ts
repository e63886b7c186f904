import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../contract/errors.ts';
import { goldRunnerOf } from '../../spider/index.ts';
import { sqlStateOf } from '../answers.ts';
import { quotePostgresName } from '../names.ts';
import type { GeneratedRows } from '../../contract/dataset.ts';
import type { RowLoader } from '../../postgres/load-rows.ts';
import type { GoldRunner, SqliteTable } from '../../spider/index.ts';
import type { Engines } from '../engines.ts';
import type { LoadedDatabase, LoadedTable } from '../load.ts';

/** An empty twin of one Spider database in both engines, for generated rows. */
export interface FilledDatabase {
  /**
   * Puts the rows into both engines, lets `ask` run queries there, and takes the rows out again. One call at a time.
   * @throws AppError INTERNAL where an engine refuses the rows: they break a key or a type.
   */
  withRows<T>(rows: GeneratedRows, ask: (engines: Engines) => Promise<T>): Promise<T>;
  /** Drops the twin. */
  close(): Promise<void>;
}

/**
 * Makes the twins: in PostgreSQL a schema `<namespace>__rows` with the loaded tables, their keys and declared foreign
 * keys; in SQLite a database in memory with the declared types. The loader's search_path is left as it was.
 */
export async function openFilledDatabase(
  loader: RowLoader,
  database: LoadedDatabase,
  sqliteTables: SqliteTable[],
): Promise<FilledDatabase> {
  const schema = quotePostgresName(`${database.namespace}__rows`);
  await loader.run(createTwin(schema, database));
  const sqlite = new DatabaseSync(':memory:', {
    enableDoubleQuotedStringLiterals: true,
    enableForeignKeyConstraints: false,
  });
  for (const table of sqliteTables) sqlite.exec(createSqliteTable(table));
  const gold = goldRunnerOf(sqlite);
  return {
    withRows: (rows, ask) => askWithRows({ loader, schema, sqlite, gold }, rows, ask),
    close: async () => {
      sqlite.close();
      await loader.run(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    },
  };
}

interface Twin {
  loader: RowLoader;
  schema: string;
  sqlite: DatabaseSync;
  gold: GoldRunner;
}

async function askWithRows<T>(
  { loader, schema, sqlite, gold }: Twin,
  rows: GeneratedRows,
  ask: (engines: Engines) => Promise<T>,
): Promise<T> {
  const inserts = rows.tables.map(insertStatement).join('');
  const start = `BEGIN; SET LOCAL search_path TO ${schema}; ${inserts}SET CONSTRAINTS ALL IMMEDIATE; SAVEPOINT filled`;
  try {
    await refusing('PostgreSQL', rows, () => loader.run(start));
    await refusing('SQLite', rows, () => sqlite.exec(`BEGIN; ${inserts}`));
    return await ask({ loader: keepTransaction(loader), gold });
  } finally {
    if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
    await loader.run('ROLLBACK');
  }
}

async function refusing(engine: string, rows: GeneratedRows, insert: () => unknown): Promise<void> {
  try {
    await insert();
  } catch (error) {
    // All else, such as a full disk, says nothing about the rows.
    if (engine === 'PostgreSQL' && !/^2[23]/.test(sqlStateOf(error) ?? '')) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('INTERNAL', `${engine} refuses generated rows (${rows.kind}): ${reason}`, {
      hint: 'The generated rows break a key or a type; this is a fault of the generator.',
      cause: error,
    });
  }
}

/** An error would end the transaction and with it the rows; going back to the savepoint keeps them. */
function keepTransaction(loader: RowLoader): RowLoader {
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      await loader.run('ROLLBACK TO SAVEPOINT filled');
      throw error;
    }
  };
  return {
    run: (sql) => guarded(() => loader.run(sql)),
    read: (sql) => guarded(() => loader.read(sql)),
    insert: (table, columns, rows) => guarded(() => loader.insert(table, columns, rows)),
    close: () => Promise.resolve(),
  };
}

/** The same text in both engines: each gives the literals its columns' types. */
function insertStatement({ table, columns, rows }: GeneratedRows['tables'][number]): string {
  if (rows.length === 0) return '';
  const tuples = rows.map((row) => `(${row.map(literalOf).join(', ')})`);
  return `INSERT INTO ${quoted(table)} (${columns.map(quoted).join(', ')}) VALUES ${tuples.join(', ')}; `;
}

function literalOf(cell: string | number | null): string {
  if (cell === null) return 'NULL';
  return typeof cell === 'number' ? String(cell) : `'${cell.replaceAll("'", "''")}'`;
}

/** Quoted always: SQLite reads such names without regard to case, PostgreSQL's are lower case already. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function createTwin(schema: string, database: LoadedDatabase): string {
  const source = quotePostgresName(database.namespace);
  const tables = database.tables.map(
    ({ name }) => `CREATE TABLE ${schema}.${quoted(name)} (LIKE ${source}.${quoted(name)} INCLUDING ALL); `,
  );
  const keys = database.tables.flatMap((table) => foreignKeysOf(schema, table));
  return `BEGIN; DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}; ${[...tables, ...keys].join('')}COMMIT`;
}

/** Checked at the end of the insertion, because tables may refer to each other in a circle. */
function foreignKeysOf(schema: string, table: LoadedTable): string[] {
  return table.foreignKeys
    .filter((key) => key.declared)
    .map(
      (key) =>
        `ALTER TABLE ${schema}.${quoted(table.name)} ADD FOREIGN KEY (${key.columns.map(quoted).join(', ')}) ` +
        `REFERENCES ${schema}.${quoted(key.targetTable)} (${key.targetColumns.map(quoted).join(', ')}) ` +
        'DEFERRABLE INITIALLY DEFERRED; ',
    );
}

function createSqliteTable(table: SqliteTable): string {
  const columns = table.columns.map((column) => `${quoted(column.name)} ${column.declaredType}`.trim());
  const key = table.primaryKey.length > 0 ? [`PRIMARY KEY (${table.primaryKey.map(quoted).join(', ')})`] : [];
  return `CREATE TABLE ${quoted(table.name)} (${[...columns, ...key].join(', ')})`;
}
