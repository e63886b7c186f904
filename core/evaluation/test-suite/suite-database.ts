import { AppError, type Cell, type GeneratedRows, type QueryResult } from '../../contract/index.ts';
import { readerRole } from '../../postgres/embedded.ts';
import { uniqueSetsOf, type SuiteKey, type SuiteSource, type SuiteTable } from './suite-schema.ts';
import type { RowLoader } from '../../postgres/load-rows.ts';

/** What a statement gives on a filling. `refused`: PostgreSQL's word on the statement. */
export type SuiteAnswer = { result: QueryResult } | { error: 'refused' | 'timeout'; message: string };

export interface SuiteReader {
  /** Runs one statement, which a guard must have seen, and reads `maxRows` rows at most. */
  read(sql: string, maxRows: number): Promise<SuiteAnswer>;
}

export interface SuiteDatabase {
  /**
   * Puts the rows into the empty tables, lets `ask` read them, and takes them out again. One call at a time.
   * @returns undefined where the rows break a key or a type
   */
  withRows<T>(
    rows: GeneratedRows,
    ask: (reader: SuiteReader) => Promise<T>,
    options?: { reversed?: boolean },
  ): Promise<T | undefined>;
  close(): Promise<void>;
}

export interface SuiteDatabaseOptions {
  /** For each statement, in milliseconds. */
  timeoutMs: number;
}

/** Rows that were taken out again still lie in the tables' files: beyond so many the tables are made anew. */
const mostDeadRows = 4_000;

/**
 * The source's tables with their keys, empty, in a transaction that is never committed: nobody else sees them, and
 * nothing is left of them. Checks and defaults stay behind. Statements run as the role that may only read, in a
 * transaction that only reads.
 * @param loader of a database in which nothing else has the source's namespace
 */
export async function openSuiteDatabase(
  loader: RowLoader,
  source: SuiteSource,
  { timeoutMs }: SuiteDatabaseOptions,
): Promise<SuiteDatabase> {
  const create = createTables(source, timeoutMs);
  await loader.run(create);
  let deadRows = 0;
  const renew = async () => {
    if (deadRows < mostDeadRows) return;
    deadRows = 0;
    await loader.run(`ROLLBACK; ${create}`);
  };
  return {
    withRows: async (rows, ask, options = {}) => {
      await renew();
      deadRows += rows.tables.reduce((sum, table) => sum + table.rows.length, 0);
      try {
        if (!(await insertRows(loader, source, rows, options.reversed === true))) return undefined;
        return await ask({ read: (sql, maxRows) => readAnswer(loader, sql, maxRows) });
      } finally {
        await loader.run('ROLLBACK TO SAVEPOINT empty');
      }
    },
    close: () => loader.run('ROLLBACK'),
  };
}

/** A statement of the suite must not fill the disk with what it sorts. */
const mostTemporarySpace = '512MB';

function createTables(source: SuiteSource, timeoutMs: number): string {
  const schema = quoted(source.namespace);
  return [
    'BEGIN',
    `SET LOCAL statement_timeout TO ${timeoutMs}`,
    `SET LOCAL temp_file_limit TO '${mostTemporarySpace}'`,
    'SET LOCAL max_parallel_workers_per_gather TO 0',
    'SET LOCAL jit TO off',
    // The plan that is best for the whole answer, as without a cursor.
    'SET LOCAL cursor_tuple_fraction TO 1',
    'SET LOCAL standard_conforming_strings TO on',
    ...(source.namespace === 'public' ? [] : [`CREATE SCHEMA ${schema}`]),
    `SET LOCAL search_path TO ${schema}`,
    ...source.enums.map(
      ({ name, labels }) => `CREATE TYPE ${name} AS ENUM (${labels.map(literal).join(', ')})`,
    ),
    ...source.tables.map((table) => createTable(table, source.tables)),
    ...source.tables.flatMap((table) =>
      table.foreignKeys.filter((key) => key.declared).map((key) => addKey(table, key)),
    ),
    `GRANT USAGE ON SCHEMA ${schema} TO ${readerRole}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${readerRole}`,
    'SAVEPOINT empty',
  ].join('; ');
}

function createTable(table: SuiteTable, tables: readonly SuiteTable[]): string {
  const columns = table.columns.map(({ name, type }) => `${quoted(name)} ${type}`);
  const primary = table.primaryKeyDeclared && table.primaryKey.length > 0 ? [table.primaryKey] : [];
  const isPrimary = (columns: string[]) =>
    primary.some((key) => key.toSorted().join() === columns.toSorted().join());
  const declared = table.primaryKeyDeclared || table.primaryKey.length === 0;
  const unique = uniqueSetsOf(table, tables).filter(
    (set) => !isPrimary(set) && (declared || set !== table.primaryKey),
  );
  const keys = [
    ...primary.map((key) => `PRIMARY KEY (${listed(key)})`),
    ...unique.map((key) => `UNIQUE (${listed(key)})`),
  ];
  return `CREATE TABLE ${quoted(table.name)} (${[...columns, ...keys].join(', ')})`;
}

/** Checked when all rows are there, because tables may refer to each other in a circle. */
function addKey(table: SuiteTable, key: SuiteKey): string {
  return (
    `ALTER TABLE ${quoted(table.name)} ADD FOREIGN KEY (${listed(key.columns)}) ` +
    `REFERENCES ${quoted(key.targetTable)} (${listed(key.targetColumns)}) DEFERRABLE INITIALLY DEFERRED`
  );
}

/** Inserts, and goes over to the role that may only read. @returns false where the rows break a key or a type */
async function insertRows(
  loader: RowLoader,
  { namespace }: SuiteSource,
  { tables }: GeneratedRows,
  reversed: boolean,
): Promise<boolean> {
  const inserts = tables.map((table) => insertStatement(table, reversed)).join('');
  try {
    await loader.run(
      `${inserts}SET CONSTRAINTS ALL IMMEDIATE; ${reversed ? 'SET LOCAL enable_hashagg TO off; ' : ''}` +
        `SET LOCAL ROLE ${readerRole}; SET LOCAL search_path TO ${quoted(namespace)}; ` +
        'SET LOCAL transaction_read_only TO on; SAVEPOINT filled',
    );
    return true;
  } catch (error) {
    // Data exceptions and broken constraints; all else, such as a full disk, says nothing about the rows.
    if (/^2[23]/.test(sqlStateOf(error) ?? '')) return false;
    throw error;
  }
}

function insertStatement(
  { table, columns, rows }: GeneratedRows['tables'][number],
  reversed: boolean,
): string {
  if (rows.length === 0) return '';
  const tuples = (reversed ? rows.toReversed() : rows).map((row) => `(${row.map(literal).join(', ')})`);
  return `INSERT INTO ${quoted(table)} (${listed(columns)}) VALUES ${tuples.join(', ')}; `;
}

async function readAnswer(loader: RowLoader, sql: string, maxRows: number): Promise<SuiteAnswer> {
  try {
    await loader.run(`DECLARE answer NO SCROLL CURSOR FOR ${sql.replace(/[;\s]+$/, '')}`);
    const { rows, columns, typeOids } = await loader.read(`FETCH FORWARD ${maxRows + 1} FROM answer`);
    await loader.run('CLOSE answer');
    const shown = rows.slice(0, maxRows) as Cell[][];
    return {
      result: {
        columns: columns.map((name, index) => ({
          name,
          type: numberTypes.get(typeOids[index] ?? 0) ?? 'text',
        })),
        rows: shown,
        rowCount: shown.length,
        truncated: rows.length > maxRows,
        durationMs: 0,
      },
    };
  } catch (error) {
    const state = sqlStateOf(error);
    if (state === undefined) throw error;
    await loader.run('ROLLBACK TO SAVEPOINT filled');
    const message = error instanceof Error ? error.message : String(error);
    return { error: isTooCostly(state) ? 'timeout' : 'refused', message };
  }
}

/** PostgreSQL's query_canceled, and its class of resources that ran out: temporary space, memory. */
function isTooCostly(state: string): boolean {
  return state === '57014' || state.startsWith('53');
}

/** PostgreSQL's number types by OID; of other types only the text counts. */
const numberTypes = new Map([
  [20, 'bigint'],
  [21, 'smallint'],
  [23, 'integer'],
  [700, 'real'],
  [701, 'double precision'],
  [1700, 'numeric'],
]);

/** PostgreSQL's word on a statement; undefined where the connection or the machine is at fault. */
function sqlStateOf(error: unknown): string | undefined {
  if (error instanceof AppError) return undefined;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(?!08|57P|58|XX)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

function literal(cell: string | number | null): string {
  if (cell === null) return 'NULL';
  return typeof cell === 'number' ? String(cell) : `'${cell.replaceAll("'", "''")}'`;
}

function listed(names: readonly string[]): string {
  return names.map(quoted).join(', ');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
