import { openSqlite, readSqliteRows, readSqliteSchema } from '../spider/index.ts';
import { addKeys } from './load-keys.ts';
import { unifyKeyTypes } from './key-types.ts';
import { quotePostgresName, toPostgresName } from './names.ts';
import { choosePostgresType, observeColumn, toPostgresValue } from './types.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { SqliteDatabase, SqliteTable, SqliteValue } from '../spider/index.ts';
import type { PostgresType } from './types.ts';

export interface LoadedColumn {
  name: string;
  type: PostgresType;
  /** Declared NOT NULL, in SQLite and in PostgreSQL. */
  notNull: boolean;
  hasNulls: boolean;
  /** A text column of which every value reads as a number. */
  allNumericText: boolean;
  /** A text column of which every value is an integer in its plain spelling: `7`, never `07`. */
  allIntegerText: boolean;
  /** A column of numbers that holds whole ones only. */
  wholeNumbers: boolean;
  /** A text column of which no value begins with a sign or a space. */
  unsignedText: boolean;
  /** A text column of which every value begins as an ISO date does: `2014-`. */
  yearText: boolean;
  /** Cells whose text did not fit the number type and became NULL. */
  cellsNulled: number;
  /** Up to 30 distinct short values of a text column, in the order stored. */
  samples: string[];
}

export interface LoadedForeignKey {
  columns: string[];
  targetTable: string;
  targetColumns: string[];
  /** False where rows, types or a missing unique key kept PostgreSQL from accepting it. */
  declared: boolean;
  reason?: string | undefined;
}

export interface LoadedTable {
  name: string;
  columns: LoadedColumn[];
  primaryKey: string[];
  /** Whether PostgreSQL accepted the primary key. */
  primaryKeyDeclared: boolean;
  /** Columns declared UNIQUE in SQLite and in PostgreSQL, or in PostgreSQL only because a foreign key points there. */
  uniqueKeys: string[][];
  foreignKeys: LoadedForeignKey[];
  /** UNIQUE and NOT NULL declarations of SQLite that the rows as loaded break. */
  refused: { declaration: string; reason: string }[];
  rows: number;
  /** The sum over its columns. */
  cellsNulled: number;
}

export interface LoadedDatabase {
  dbId: string;
  /** The PostgreSQL schema that holds it. */
  namespace: string;
  tables: LoadedTable[];
}

const samplesKept = 30;
const sampleLength = 60;

/** Loads one Spider database into a PostgreSQL schema of its own, replacing an earlier load. */
export async function loadDatabase(
  loader: RowLoader,
  spiderDir: string,
  dbId: string,
): Promise<LoadedDatabase> {
  const sqlite = openSqlite(spiderDir, dbId);
  const namespace = toPostgresName(dbId);
  const schema = quotePostgresName(namespace);
  try {
    await loader.run(
      `BEGIN; DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}; SET LOCAL search_path TO ${schema}`,
    );
    const read = readSqliteSchema(sqlite).map((table) => readTable(sqlite, table));
    const tables = read.map((each) => each.loaded);
    resolveImpliedTargets(tables);
    unifyKeyTypes(read);
    for (const { loaded, rows } of read) await loadTable(loader, loaded, rows);
    await addKeys(loader, tables);
    await loader.run('COMMIT; ');
    return { dbId, namespace, tables };
  } catch (error) {
    await loader.run('ROLLBACK');
    throw error;
  } finally {
    sqlite.close();
  }
}

export interface ReadTable {
  loaded: LoadedTable;
  rows: SqliteValue[][];
}

function readTable(sqlite: SqliteDatabase, table: SqliteTable): ReadTable {
  const names = table.columns.map((column) => column.name);
  const rows = readSqliteRows(sqlite, table.name, names);
  const columns = table.columns.map((column, index) =>
    describeColumn(column.name, column.declaredType, column.notNull, rows, index),
  );
  const loaded: LoadedTable = {
    name: toPostgresName(table.name),
    columns,
    primaryKey: table.primaryKey.map(toPostgresName),
    primaryKeyDeclared: false,
    uniqueKeys: table.uniqueKeys.map((key) => key.map(toPostgresName)),
    foreignKeys: table.foreignKeys.map((key) => ({
      columns: key.columns.map(toPostgresName),
      targetTable: toPostgresName(key.targetTable),
      targetColumns: key.targetColumns.map(toPostgresName),
      declared: false,
    })),
    refused: table.columns
      .filter((column, index) => column.notNull && columns[index]?.hasNulls === true)
      .map((column) => ({
        declaration: `NOT NULL (${toPostgresName(column.name)})`,
        reason: 'the column holds NULLs',
      })),
    rows: rows.length,
    cellsNulled: columns.reduce((sum, column) => sum + column.cellsNulled, 0),
  };
  return { loaded, rows };
}

async function loadTable(loader: RowLoader, table: LoadedTable, rows: SqliteValue[][]): Promise<void> {
  const list = table.columns.map(
    ({ name, type, notNull }) => `${quotePostgresName(name)} ${type}${notNull ? ' NOT NULL' : ''}`,
  );
  await loader.run(`CREATE TABLE ${quotePostgresName(table.name)} (${list.join(', ')})`);
  const converted = rows.map((row) =>
    row.map((value, index) => toPostgresValue(value, table.columns[index]?.type ?? 'text')),
  );
  await loader.insert(quotePostgresName(table.name), table.columns, converted);
}

function describeColumn(
  name: string,
  declaredType: string,
  notNull: boolean,
  rows: SqliteValue[][],
  index: number,
): LoadedColumn {
  const facts = observeColumn(rows, index);
  const type = choosePostgresType(declaredType, facts);
  const isNumber = type !== 'text' && type !== 'date' && type !== 'timestamp without time zone';
  const strays = isNumber ? facts.otherTextCells : 0;
  return {
    name: toPostgresName(name),
    type,
    notNull: notNull && facts.nulls + strays === 0,
    hasNulls: facts.nulls + strays > 0,
    cellsNulled: strays,
    allNumericText: type === 'text' && facts.texts > 0 && facts.texts === facts.numericTexts,
    allIntegerText: type === 'text' && rows.every((row) => isPlainInteger(row[index] ?? null)),
    wholeNumbers: isNumber && facts.reals === 0 && facts.integers > 0 && facts.bigIntegers === 0,
    unsignedText: type === 'text' && facts.signedTexts === 0,
    yearText: type === 'text' && facts.texts > 0 && facts.yearTexts === facts.texts,
    samples: type === 'text' ? collectSamples(rows, index) : [],
  };
}

function isPlainInteger(value: SqliteValue): boolean {
  return (
    value === null ||
    (Number.isInteger(Number(value)) &&
      String(Number(value)) === String(value) &&
      Math.abs(Number(value)) < 2 ** 31)
  );
}

function collectSamples(rows: SqliteValue[][], index: number): string[] {
  const samples = new Set<string>();
  for (const row of rows) {
    const value = row[index];
    if (typeof value === 'string' && value.trim() !== '' && value.length <= sampleLength) samples.add(value);
    if (samples.size === samplesKept) break;
  }
  return [...samples];
}

/** `REFERENCES t` without columns means t's primary key. */
function resolveImpliedTargets(tables: LoadedTable[]): void {
  for (const table of tables) {
    for (const key of table.foreignKeys) {
      if (key.targetColumns.length > 0) continue;
      key.targetColumns = tables.find((each) => each.name === key.targetTable)?.primaryKey ?? [];
    }
  }
}
