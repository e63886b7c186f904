import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../contract/index.ts';
import { openNetwork } from '../network/index.ts';
import { openDatabase, openDatabaseUrl } from './database.ts';
import type { Database } from './database.ts';
import { runGuarded } from './run-guarded.ts';
import { startTestServer } from './testing/start-test-server.ts';
import type { TestServer } from './testing/start-test-server.ts';

let server: TestServer;
let database: Database;
/** A connection outside the app, to look at the server's state. */
let observer: pg.Client;

beforeAll(async () => {
  server = await startTestServer();
  observer = new pg.Client({ connectionString: server.urlOf() });
  await observer.connect();
  await observer.query(`
    CREATE TABLE people (id int PRIMARY KEY, name varchar(20));
    INSERT INTO people VALUES (1, 'Ada'), (2, 'Grace');
    CREATE SEQUENCE numbers;
    CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE ROLE reader LOGIN PASSWORD 'reader';
    CREATE FUNCTION sleep_on() RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        LOOP
          BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END;
        END LOOP;
      END $$;`);
  database = openDatabase(server.target());
});

afterAll(async () => {
  await database?.close();
  await observer?.end();
  await server?.stop();
});

async function failure(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => {
      throw new Error('It succeeded.');
    },
    (error: unknown) => error as AppError,
  );
}

describe('values', () => {
  it('reads small numbers and booleans as such and everything else as text', async () => {
    const result =
      await database.runReadOnly(`SELECT 1::int2 AS a, 2 AS b, 3::int8 AS c, 1.50::numeric(10,2) AS d,
      1.5::float8 AS e, 'NaN'::float8 AS f, true AS g, NULL::int AS h, DATE '2024-02-29' AS i,
      ARRAY[1,2] AS j, '{"a": [1]}'::jsonb AS k, 'happy'::mood AS l, 'x'::varchar(20) AS m,
      TIMESTAMP '2024-01-01 10:00' AS n, INTERVAL '1 day' AS o, '\\x01'::bytea AS p, 'é🎉' AS q, false AS r`);
    const expected = [
      ['a', 'smallint', 1],
      ['b', 'integer', 2],
      ['c', 'bigint', '3'],
      ['d', 'numeric(10,2)', '1.50'],
      ['e', 'double precision', 1.5],
      ['f', 'double precision', 'NaN'],
      ['g', 'boolean', true],
      ['h', 'integer', null],
      ['i', 'date', '2024-02-29'],
      ['j', 'integer[]', '{1,2}'],
      ['k', 'jsonb', '{"a": [1]}'],
      ['l', 'mood', 'happy'],
      ['m', 'character varying(20)', 'x'],
      ['n', 'timestamp without time zone', '2024-01-01 10:00:00'],
      ['o', 'interval', '1 day'],
      ['p', 'bytea', '\\x01'],
      ['q', 'text', 'é🎉'],
      ['r', 'boolean', false],
    ];
    expect(result.columns).toEqual(expected.map(([name, type]) => ({ name, type })));
    expect(result.rows).toEqual([expected.map(([, , value]) => value)]);
    expect(result).toMatchObject({ rowCount: 1, truncated: false });
  });

  it('keeps two columns of one name apart, and knows the columns of no rows', async () => {
    const twice = await database.runReadOnly('SELECT 1 AS x, 2 AS x');
    expect(twice.rows).toEqual([[1, 2]]);
    const none = await database.runReadOnly('SELECT * FROM people WHERE false');
    expect(none.columns.map((column) => column.name)).toEqual(['id', 'name']);
    expect(none.rows).toEqual([]);
  });
});

describe('limits', () => {
  it('reads no more rows than asked and says that there were more', async () => {
    const started = performance.now();
    const result = await database.runReadOnly('SELECT * FROM generate_series(1, 1000000) AS g', {
      maxRows: 10,
    });
    expect(result).toMatchObject({ rowCount: 10, truncated: true });
    expect(result.rows.at(-1)).toEqual([10]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each([
    [9, true],
    [10, false],
    [11, false],
  ])('a cap of %i on ten rows: truncated %s', async (maxRows, truncated) => {
    const result = await database.runReadOnly('SELECT generate_series(1, 10)', { maxRows });
    expect(result).toMatchObject({ truncated, rowCount: Math.min(10, maxRows) });
  });

  it('reads on in batches up to a high cap, in order', async () => {
    const result = await database.runReadOnly('SELECT generate_series(1, 30000)', { maxRows: 25_000 });
    expect(result).toMatchObject({ truncated: true, rowCount: 25_000 });
    expect(result.rows.every((row, index) => row[0] === index + 1)).toBe(true);
  });

  it('stops reading after about 64 MiB', async () => {
    const sql = "SELECT repeat('x', 1000000) FROM generate_series(1, 1000)";
    const result = await database.runReadOnly(sql, { maxRows: 1_000 });
    expect(result.truncated).toBe(true);
    expect(result.rowCount).toBeGreaterThan(50);
    expect(result.rowCount).toBeLessThan(200);
  });

  it('refuses a cell beyond 64 MiB before it is a string, ends the statement, and goes on', async () => {
    const sql = `SELECT repeat(repeat('x', 1000000), 200) AS big_cell`;
    const refused = { code: 'SQL_EXECUTION', message: 'The result is larger than 64 MiB.' };
    const error = await failure(database.runReadOnly(sql));
    expect(error).toMatchObject(refused);
    expect(error.hint).toContain('LIMIT');
    expect(await failure(database.readRows(sql))).toMatchObject(refused);
    const running = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'SELECT repeat(%big_cell'`;
    await expect.poll(async () => (await observer.query(running)).rows).toEqual([{ n: 0 }]);
    expect((await database.runReadOnly('SELECT 1')).rows).toEqual([[1]]);
  });

  it('refuses later rows that are far larger than the first', async () => {
    const sql = `SELECT repeat(repeat('x', 1000), CASE WHEN i <= 20 THEN 1 ELSE 4000 END) FROM generate_series(1, 100) AS i`;
    expect(await failure(database.runReadOnly(sql))).toMatchObject({
      code: 'SQL_EXECUTION',
      message: 'The result is larger than 64 MiB.',
    });
  });

  it('stops a statement that runs too long', async () => {
    const started = performance.now();
    const error = await failure(database.runReadOnly('SELECT pg_sleep(30)', { timeoutMs: 200 }));
    expect(error).toMatchObject({ code: 'SQL_TIMEOUT', retryable: true });
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

describe('the server itself refuses', () => {
  it.each([
    ['INSERT INTO people VALUES (3, $$Eve$$)', 'SQL_NOT_READ_ONLY'],
    ['DELETE FROM people', 'SQL_NOT_READ_ONLY'],
    ['WITH d AS (DELETE FROM people RETURNING *) SELECT * FROM d', 'SQL_NOT_READ_ONLY'],
    ['SELECT * INTO copy FROM people', 'SQL_NOT_READ_ONLY'],
    ['SELECT * FROM people FOR UPDATE', 'SQL_NOT_READ_ONLY'],
    ["SELECT nextval('numbers')", 'SQL_NOT_READ_ONLY'],
    ["SELECT set_config('transaction_read_only', 'off', true)", 'SQL_EXECUTION'],
    ['COPY people FROM STDIN', 'SQL_NOT_READ_ONLY'],
    ['SELECT 1; DELETE FROM people', 'SQL_SYNTAX'],
    ['COMMIT; DELETE FROM people', 'SQL_SYNTAX'],
  ])('%s, with no guard before it', async (sql, code) => {
    expect((await failure(database.runReadOnly(sql))).code).toBe(code);
  });

  it('to write after a COMMIT on the same connection', async () => {
    const single = openDatabase(server.target());
    await single.runReadOnly('COMMIT');
    const { rows } = await single.runReadOnly("SELECT current_setting('default_transaction_read_only')");
    expect(rows).toEqual([['on']]);
    expect((await failure(single.runReadOnly('DELETE FROM people'))).code).toBe('SQL_NOT_READ_ONLY');
    await single.close();
  });

  it('and survives COPY to the client', async () => {
    expect(await database.runReadOnly('COPY people TO STDOUT')).toMatchObject({ rowCount: 0 });
    expect(await database.runReadOnly('SELECT count(*) FROM people')).toMatchObject({ rows: [['2']] });
  });

  it('and nothing has changed', async () => {
    const { rows } = await observer.query(
      'SELECT count(*)::int AS n, (SELECT is_called FROM numbers) AS called FROM people',
    );
    expect(rows).toEqual([{ n: 2, called: false }]);
  });
});

describe('errors', () => {
  it('say what PostgreSQL says, its hint and the place', async () => {
    const sql = "SELECT '🎉', nmae FROM people";
    const error = await failure(database.runReadOnly(sql));
    expect(error).toMatchObject({ code: 'SQL_EXECUTION', message: 'column "nmae" does not exist' });
    expect(error.hint).toContain('people.name');
    expect(sql.slice(Number(error.details?.['position'])).startsWith('nmae')).toBe(true);
  });

  it('leave the connection usable', async () => {
    await failure(database.runReadOnly('SELECT 1 / 0'));
    expect((await database.runReadOnly('SELECT 1')).rows).toEqual([[1]]);
  });

  it('tell permissions apart', async () => {
    const reader = openDatabase({ ...server.target(), user: 'reader', password: 'reader' });
    expect((await failure(reader.runReadOnly('SELECT * FROM people'))).code).toBe('PERMISSION_DENIED');
    await reader.close();
  });

  it('explain finds them without running anything', async () => {
    await database.explain('SELECT pg_sleep(60)');
    const sql = 'SELECT nmae FROM people';
    const error = await failure(database.explain(sql));
    expect(error.code).toBe('SQL_EXECUTION');
    expect(sql.slice(Number(error.details?.['position'])).startsWith('nmae')).toBe(true);
  });

  it('readRows reads with parameters', async () => {
    expect(await database.readRows('SELECT id, name FROM people WHERE id = $1', [2])).toEqual([
      { id: 2, name: 'Grace' },
    ]);
  });
});

describe('cancel', () => {
  /** How many sessions of the app run a statement with this mark in it. */
  async function countRunning(mark: string): Promise<number> {
    const { rows } = await observer.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity
       WHERE state <> 'idle' AND pid <> pg_backend_pid() AND query LIKE '%' || $1 || '%'`,
      [mark],
    );
    return rows[0]?.n ?? -1;
  }

  async function waitFor(mark: string, count: number): Promise<void> {
    const deadline = Date.now() + 5_000;
    while ((await countRunning(mark)) !== count) {
      if (Date.now() > deadline) throw new Error(`Not ${count} sessions with ${mark}.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('ends the statement on the server', async () => {
    const stop = new AbortController();
    const outcome = failure(
      database.runReadOnly('SELECT pg_sleep(60) /* mark-1 */', { signal: stop.signal }),
    );
    await waitFor('mark-1', 1);
    const started = performance.now();
    stop.abort();
    expect(await outcome).toMatchObject({ code: 'CANCELLED' });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await countRunning('mark-1')).toBe(0);
  });

  it('terminates a statement that catches the cancellation', async () => {
    const stop = new AbortController();
    const outcome = failure(database.runReadOnly('SELECT sleep_on() /* mark-2 */', { signal: stop.signal }));
    await waitFor('mark-2', 1);
    stop.abort();
    expect(await outcome).toMatchObject({ code: 'CANCELLED' });
    expect(await countRunning('mark-2')).toBe(0);
  });

  it('stops between batches of rows', async () => {
    const stop = new AbortController();
    const sql = "SELECT repeat('x', 1000), pg_sleep(0.001) /* mark-3 */ FROM generate_series(1, 90000)";
    const outcome = failure(database.runReadOnly(sql, { maxRows: 90_000, signal: stop.signal }));
    await waitFor('mark-3', 1);
    setTimeout(() => stop.abort(), 300);
    expect(await outcome).toMatchObject({ code: 'CANCELLED' });
    await waitFor('mark-3', 0);
  });

  it('before the start sends nothing', async () => {
    const outcome = database.runReadOnly('SELECT pg_sleep(60)', { signal: AbortSignal.abort() });
    expect(await failure(outcome)).toMatchObject({ code: 'CANCELLED' });
  });

  it('leaves the database usable', async () => {
    expect((await database.runReadOnly('SELECT 1')).rows).toEqual([[1]]);
  });

  it('a connection ended by the server is told as such', async () => {
    const outcome = failure(database.runReadOnly('SELECT pg_sleep(60) /* mark-4 */'));
    await waitFor('mark-4', 1);
    await observer.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%mark-4%' AND pid <> pg_backend_pid()",
    );
    expect(await outcome).toMatchObject({ code: 'DISCONNECTED' });
    expect((await database.runReadOnly('SELECT 1')).rows).toEqual([[1]]);
  });
});

describe('runGuarded', () => {
  it('runs what is allowed and refuses the rest before the server', async () => {
    const sql = 'SELECT name FROM people ORDER BY id';
    expect((await runGuarded(database, sql, { origin: 'model' })).rows).toEqual([['Ada'], ['Grace']]);
    const nowhere = openDatabase({ ...server.target(), port: 1 });
    const error = await failure(runGuarded(nowhere, 'SELECT 1; DROP TABLE people', { origin: 'user' }));
    expect(error).toMatchObject({ code: 'SQL_NOT_READ_ONLY', details: { position: 10 } });
    expect((await failure(runGuarded(database, 'SELECT pg_sleep(1)', { origin: 'model' }))).code).toBe(
      'SQL_NOT_READ_ONLY',
    );
    await nowhere.close();
  });
});

describe('a role whose literals end elsewhere', () => {
  it('reads them as the guard did', async () => {
    await observer.query(
      `CREATE ROLE old_style LOGIN PASSWORD 'old'; ALTER ROLE old_style SET standard_conforming_strings = off`,
    );
    const database = openDatabase({ ...server.target(), user: 'old_style', password: 'old' });
    // One literal to the guard; with the role's setting a literal, then a call, then a comment.
    const sql = String.raw`SELECT '\'', pg_sleep(60) --'`;
    const { rows } = await runGuarded(database, sql, { origin: 'model', timeoutMs: 1_000 });
    expect(rows).toEqual([[String.raw`\', pg_sleep(60) --`]]);
    await database.close();
  });
});

describe('connecting', () => {
  const failWith = async (changes: object) => {
    const broken = openDatabase({ ...server.target(), ...changes });
    return failure(broken.runReadOnly('SELECT 1')).finally(() => broken.close());
  };

  it('opens a URL', async () => {
    const byUrl = openDatabaseUrl(server.urlOf());
    expect((await byUrl.runReadOnly('SELECT current_database()')).rows).toEqual([['postgres']]);
    await byUrl.close();
  });

  it('prefers TLS and does without', async () => {
    const plain = openDatabase({ ...server.target(), sslMode: 'prefer' });
    const results = await Promise.all([1, 2, 3].map((n) => plain.runReadOnly(`SELECT ${n}`)));
    expect(results.map((result) => result.rows)).toEqual([[[1]], [[2]], [[3]]]);
    await plain.close();
  });

  it.each([
    ['no TLS there', { sslMode: 'require' }, 'CONNECTION_REFUSED', 'offers no encryption'],
    ['nobody listens', { port: 1 }, 'CONNECTION_REFUSED', 'No PostgreSQL server at 127.0.0.1:1.'],
    ['no such host', { host: 'nowhere.invalid' }, 'CONNECTION_REFUSED', 'The host of nowhere.invalid'],
    ['wrong password', { password: 'wrong' }, 'AUTH_FAILED', 'refused the password'],
    ['no password', { password: undefined }, 'AUTH_FAILED', 'asks for a password'],
    ['no such user', { user: 'nobody' }, 'AUTH_FAILED', 'nobody'],
    ['no such database', { database: 'missing' }, 'NOT_FOUND', 'no database "missing"'],
    [
      'no such certificate',
      { sslMode: 'verify-ca', sslRootCert: '/missing.pem' },
      'INVALID_INPUT',
      '/missing.pem',
    ],
  ])('%s', async (_title, changes, code, message) => {
    const close = openNetwork({
      policy: { read: () => ({ offline: false, allowedHosts: [] }) },
      ledger: { begin: () => 1, end: () => undefined },
    });
    const error = await failWith(changes).finally(close);
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });
});
