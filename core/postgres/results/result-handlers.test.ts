import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { exportRequestSchema, mostOpenResults, resultStatementSchema } from '../../contract/index.ts';
import type { AppError, ResultEvent } from '../../contract/index.ts';
import { openDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import { startTestServer } from '../testing/start-test-server.ts';
import type { TestServer } from '../testing/start-test-server.ts';
import { createResultHandlers } from './result-handlers.ts';

let server: TestServer;
let database: Database;
let observer: pg.Client;
let folder: string;
let leave: AbortController[] = [];

beforeAll(async () => {
  server = await startTestServer();
  observer = new pg.Client({ connectionString: server.urlOf() });
  observer.on('error', () => undefined);
  await observer.connect();
  await observer.query(`CREATE TABLE kept (id int); INSERT INTO kept VALUES (1);
    CREATE FUNCTION clear_kept() RETURNS int LANGUAGE sql AS 'DELETE FROM kept RETURNING 1';`);
  database = openDatabase(server.target());
  folder = mkdtempSync(join(tmpdir(), 'results-'));
});
afterEach(async () => {
  for (const controller of leave) controller.abort();
  leave = [];
  await expect.poll(countBackends).toBe(0);
});
afterAll(async () => {
  await database.close();
  await observer.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Connections that have a transaction open. */
async function countBackends(): Promise<number> {
  const { rows } = await observer.query<{ count: string }>(
    `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'SQL Codegen Studio' AND xact_start IS NOT NULL`,
  );
  return Number(rows[0]?.count);
}

function start(options: { idleMs?: number } = {}) {
  return createResultHandlers({ open: async () => database, ...options });
}

type Handlers = ReturnType<typeof start>;
type Opened = Extract<ResultEvent, { kind: 'opened' }>;

async function open(
  handlers: Handlers,
  sql: string,
  more: Partial<Parameters<Handlers['postgres.openResult']>[0]> = {},
) {
  const controller = new AbortController();
  leave.push(controller);
  const statement = resultStatementSchema.parse({ connectionId: 'test', sql });
  const events = handlers['postgres.openResult'](
    { ...statement, limit: 100, ...more },
    { signal: controller.signal },
  )[Symbol.asyncIterator]();
  const opened = (await events.next()).value as Opened;
  const next = async () => (await events.next()).value as ResultEvent | undefined;
  let following: Promise<ResultEvent | undefined> | undefined;
  return {
    ...opened,
    /** The stream's next item; asked for at once, as the wire does. */
    closed: () => (following ??= next()),
    close: async () => {
      const end = (following ??= next());
      controller.abort();
      await end;
    },
    fetch: (offset: number, limit: number) =>
      handlers['postgres.fetchRows'](
        { resultId: opened.resultId, offset, limit },
        { signal: new AbortController().signal },
      ),
  };
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => {
      throw new Error('It succeeded.');
    },
    (error: unknown) => error as AppError,
  );
}

describe('an open result', () => {
  it('gives any page in any order, and its columns', async () => {
    const result = await open(start(), 'SELECT n, n * 2 AS twice FROM generate_series(1, 100000) AS n');
    expect(result.columns.map(({ name }) => name)).toEqual(['n', 'twice']);
    expect([result.rows.length, result.rows[99], result.total]).toEqual([100, [100, 200], undefined]);
    expect((await result.fetch(90_000, 2)).rows).toEqual([
      [90_001, 180_002],
      [90_002, 180_004],
    ]);
    expect((await result.fetch(0, 1)).rows).toEqual([[1, 2]]);
    expect(await result.fetch(99_999, 10)).toEqual({ rows: [[100_000, 200_000]], total: 100_000 });
    expect((await result.fetch(50_000, 1)).rows).toEqual([[50_001, 100_002]]);
    await result.close();
  });

  it('knows the total of a short result, and of an empty one', async () => {
    expect((await open(start(), 'SELECT 1')).total).toBe(1);
    expect((await open(start(), 'SELECT 1 WHERE false')).total).toBe(0);
  });

  it('counts without reading, and goes on where it was', async () => {
    const handlers = start();
    const result = await open(handlers, 'SELECT n FROM generate_series(1, 300000) AS n');
    const steps = [];
    const { signal } = new AbortController();
    for await (const step of handlers['postgres.countRows']({ resultId: result.resultId }, { signal }))
      steps.push(step);
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.at(-1)).toEqual({ counted: 300_000, isTotal: true });
    expect(await result.fetch(299_999, 5)).toEqual({ rows: [[300_000]], total: 300_000 });
  });

  it('shows the same values of a volatile function when it goes back', async () => {
    const result = await open(start(), 'SELECT random() FROM generate_series(1, 2000)');
    const before = await result.fetch(0, 50);
    await result.fetch(1_900, 50);
    expect(await result.fetch(0, 50)).toEqual(before);
    expect(before.rows).toEqual(result.rows.slice(0, 50));
  });

  it('sorts by a column, whatever stands at the end of the statement', async () => {
    for (const end of ['', ';', ' -- the end', '; -- the end', ' /* a */ ;']) {
      const sort = { column: 1, descending: true };
      const result = await open(start(), `SELECT n, n % 7 AS n FROM generate_series(1, 20) AS n${end}`, {
        sort,
      });
      expect(result.rows[0]?.[1]).toBe(6);
    }
  });

  it('names the place of an error in the statement as it was typed', async () => {
    const sql = 'SELECT nmae FROM kept';
    for (const more of [{}, { sort: { column: 0, descending: false } }]) {
      const error = await failure(open(start(), sql, more));
      expect([error.code, error.details?.['position']]).toEqual(['SQL_EXECUTION', 7]);
    }
  });

  it('goes through the guard and cannot write', async () => {
    expect((await failure(open(start(), 'DELETE FROM kept RETURNING id'))).code).toBe('SQL_NOT_READ_ONLY');
    expect((await failure(open(start(), 'SELECT 1; DELETE FROM kept'))).code).toBe('SQL_NOT_READ_ONLY');
    expect((await failure(open(start(), "SELECT nextval('x')"))).code).toBe('SQL_NOT_READ_ONLY');
    expect((await failure(open(start(), 'SELECT clear_kept()'))).code).toBe('SQL_NOT_READ_ONLY');
    expect((await failure(open(start(), 'SELECT clear_kept()', { origin: 'model' }))).code).toBe(
      'SQL_NOT_READ_ONLY',
    );
    expect((await failure(open(start(), 'EXPLAIN SELECT 1'))).code).toBe('INVALID_INPUT');
    const { rows } = await observer.query('SELECT * FROM kept');
    expect(rows).toHaveLength(1);
  });

  it('ends a step that is too slow, and says so', async () => {
    const sql = 'SELECT n, CASE WHEN n = 150 THEN pg_sleep(20) END FROM generate_series(1, 1000) AS n';
    const result = await open(start(), sql, { timeoutMs: 300 });
    const closed = result.closed();
    expect((await failure(result.fetch(100, 100))).code).toBe('SQL_TIMEOUT');
    expect(await closed).toMatchObject({ kind: 'closed', reason: 'failed' });
    expect((await failure(result.fetch(0, 1))).code).toMatch(/NOT_FOUND|SQL_TIMEOUT/);
  });

  it('closes when nobody reads, when others need the room, and when the connection goes', async () => {
    const short = await open(start({ idleMs: 50 }), 'SELECT 1');
    expect(await short.closed()).toMatchObject({ reason: 'idle' });

    const handlers = start();
    const opened = [];
    for (let count = 0; count < mostOpenResults; count += 1) opened.push(await open(handlers, 'SELECT 1'));
    const [oldest, second] = opened.map((result) => ({ ...result, event: result.closed() }));
    await oldest?.fetch(0, 1);
    await open(handlers, 'SELECT 1');
    expect(await second?.event).toMatchObject({ reason: 'replaced' });
    expect((await oldest?.fetch(0, 1))?.rows).toEqual([[1]]);

    await observer.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'SQL Codegen Studio' AND xact_start IS NOT NULL`);
    expect(await oldest?.event).toMatchObject({ reason: 'lost' });
    expect((await failure(oldest?.fetch(0, 1) ?? Promise.resolve())).code).toMatch(/NOT_FOUND|DISCONNECTED/);
  });

  it('stops what runs when its reader leaves', async () => {
    const result = await open(
      start(),
      'SELECT n, CASE WHEN n = 150 THEN pg_sleep(60) END FROM generate_series(1, 1000) AS n',
    );
    const fetched = failure(result.fetch(100, 100));
    await expect
      .poll(
        async () =>
          (
            await observer.query(
              `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'FETCH%'`,
            )
          ).rowCount,
      )
      .toBe(1);
    await result.close();
    expect((await fetched).code).toBe('CANCELLED');
  });

  it('gives fewer rows at once where they are long', async () => {
    const result = await open(start(), `SELECT n, repeat('x', 2000000) FROM generate_series(1, 40) AS n`, {
      limit: 40,
    });
    expect(result.rows.length).toBeLessThan(20);
    expect(result.total).toBeUndefined();
    const rest = await result.fetch(result.rows.length, 40);
    expect(rest.rows[0]?.[0]).toBe(result.rows.length + 1);
  });
});

describe('an export', () => {
  const request = (sql: string, format: string, more = {}) =>
    exportRequestSchema.parse({ connectionId: 'test', sql, format, fileName: `rows.${format}`, ...more });
  const { signal } = new AbortController();

  async function toText(sql: string, format: string, more = {}): Promise<string> {
    const handlers = start();
    const { exportId } = await handlers['postgres.prepareExport'](request(sql, format, more), { signal });
    let text = '';
    for await (const part of handlers['postgres.streamExport']({ exportId }, { signal })) text += part.text;
    return text;
  }

  it('writes all rows, far more than a page', async () => {
    const lines = (await toText('SELECT n FROM generate_series(1, 12345) AS n', 'csv'))
      .trimEnd()
      .split('\r\n');
    expect([lines.length, lines.at(-1)]).toEqual([12_346, '12345']);
  });

  it('writes every format so that it can be read back', async () => {
    const sql = `SELECT 1 AS id, 'O''Hara, "x"' AS "Name", NULL::int AS n, true AS ok, 'NaN'::float8 AS f, '{"a": 1}'::jsonb AS j`;
    expect(JSON.parse(await toText(sql, 'json'))).toEqual([
      { id: 1, Name: 'O\'Hara, "x"', n: null, ok: true, f: 'NaN', j: '{"a": 1}' },
    ]);
    expect(JSON.parse(await toText('SELECT 1 AS a WHERE false', 'json'))).toEqual([]);
    expect(await toText('SELECT 1 AS a UNION ALL SELECT 2', 'jsonl')).toBe('{"a":1}\n{"a":2}\n');
    await observer.query(
      'CREATE TEMP TABLE back (id int, "Name" text, n int, ok boolean, f float8, j jsonb)',
    );
    await observer.query(await toText(sql, 'sql', { tableName: 'back' }));
    const { rows } = await observer.query('SELECT * FROM back');
    expect(rows).toEqual([{ id: 1, Name: 'O\'Hara, "x"', n: null, ok: true, f: NaN, j: { a: 1 } }]);
  });

  it('is begun once only', async () => {
    const handlers = start();
    const { exportId } = await handlers['postgres.prepareExport'](request('SELECT 1', 'csv'), { signal });
    await Array.fromAsync(handlers['postgres.streamExport']({ exportId }, { signal }));
    expect(
      (await failure(Array.fromAsync(handlers['postgres.streamExport']({ exportId }, { signal })))).code,
    ).toBe('NOT_FOUND');
  });

  async function exportTo(path: string, sql: string, stop = new AbortController()) {
    const handlers = start();
    const { exportId } = await handlers['postgres.prepareExport'](request(sql, 'csv'), { signal });
    const steps = [];
    for await (const step of handlers['postgres.exportToFile']({ exportId, path }, { signal: stop.signal })) {
      steps.push(step);
      if (stop.signal.aborted) break;
    }
    return steps;
  }

  it('goes into a file that is there only when it is whole', async () => {
    const path = join(folder, 'all.csv');
    writeFileSync(path, 'old');
    const steps = await exportTo(path, 'SELECT n FROM generate_series(1, 5000) AS n');
    expect(steps.at(-1)).toMatchObject({ rows: 5_000, done: true });
    expect(readFileSync(path, 'utf8').split('\r\n')).toHaveLength(5_002);
    expect(readdirSync(folder)).toEqual(['all.csv']);
  });

  it('leaves nothing when it fails, is cancelled or cannot be written', async () => {
    const failing = join(folder, 'failing.csv');
    const sql = 'SELECT 1 / (3000 - n) FROM generate_series(1, 5000) AS n';
    expect((await failure(exportTo(failing, sql))).code).toBe('SQL_EXECUTION');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const slow = 'SELECT n, CASE WHEN n > 3000 THEN pg_sleep(30) END FROM generate_series(1, 5000) AS n';
    expect((await failure(exportTo(join(folder, 'slow.csv'), slow, stop))).code).toBe('CANCELLED');
    expect(existsSync(failing)).toBe(false);
    expect(readdirSync(folder)).toEqual(['all.csv']);
    expect((await failure(exportTo('rows.csv', 'SELECT 1'))).code).toBe('INVALID_INPUT');
    expect((await failure(exportTo(join(folder, 'none', 'rows.csv'), 'SELECT 1'))).code).toBe(
      'INVALID_INPUT',
    );
  });
});
