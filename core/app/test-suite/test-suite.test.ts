import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadRewriter } from '../../conversion/rewrite.ts';
import { shuffleRows } from '../../evaluation/test-suite/index.ts';
import { openSuiteDatabase } from '../../evaluation/test-suite/suite-database.ts';
import { readerRole } from '../../postgres/embedded.ts';
import { openRowLoader } from '../../postgres/load-rows.ts';
import { openDatabase } from '../../postgres/index.ts';
import { startTestServer, type TestServer } from '../../postgres/testing/start-test-server.ts';
import { describeSource } from './describe-source.ts';
import { measureSuite } from './measure-suite.ts';
import { openSuiteLoader } from './open-suite-loader.ts';
import { rewriteEqually } from './rewrite-equally.ts';

/** What a user's database has beyond Spider's: enums, uuids, truth values, lengths, checks, mixed case, a circle. */
const clinicSql = `
  CREATE TYPE "Mood" AS ENUM ('calm', 'cross');
  CREATE TABLE ward (code char(3) PRIMARY KEY, "Title" varchar(8) NOT NULL UNIQUE, head uuid);
  CREATE TABLE nurse (
    id uuid PRIMARY KEY, name text NOT NULL, ward char(3) NOT NULL REFERENCES ward, is_on boolean NOT NULL,
    mood "Mood", pay numeric(4,2) CHECK (pay > 0), hired timestamptz NOT NULL, tags text[]
  );
  ALTER TABLE ward ADD FOREIGN KEY (head) REFERENCES nurse DEFERRABLE INITIALLY DEFERRED;
  INSERT INTO ward VALUES ('ICU', 'Care', NULL), ('ONC', 'Onco', NULL);
  INSERT INTO nurse VALUES (md5('a')::uuid, 'Ann', 'ICU', true, 'calm', 20.5, '2020-01-01', '{x}'),
    (md5('b')::uuid, 'Bo', 'ICU', false, NULL, 10, '2021-01-01', NULL), (md5('c')::uuid, 'Cy', 'ONC', true, 'cross', 9, '2022-01-01', NULL);
  UPDATE ward SET head = md5('a')::uuid WHERE code = 'ICU';
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC`;

let server: TestServer;
let cacheDir: string;
const { signal } = new AbortController();
const clinic = () => openDatabase(server.target('clinic'));

beforeAll(async () => {
  await loadRewriter();
  cacheDir = await mkdtemp(join(tmpdir(), 'sqlcodegen-suite-'));
  server = await startTestServer();
  await server.createDatabase('clinic');
  const loader = await openRowLoader(server.target('clinic'));
  await loader.run(`CREATE ROLE ${readerRole}; ${clinicSql}`);
  await loader.close();
});
afterAll(async () => {
  await server?.stop();
  await rm(cacheDir, { recursive: true, force: true });
});

test('a database of any kind can be filled: types that the makers of rows do not know take shipped values', async () => {
  const database = clinic();
  const source = await describeSource(database, 'clinic', { seed: 1 });
  await database.close();
  const loader = await openSuiteLoader({ adminTargetOf: server.target });
  const suite = await openSuiteDatabase(loader, source, { timeoutMs: 5_000 });
  const made = source.makeQueryRows(
    `SELECT n.name FROM nurse n JOIN ward w ON w.code = n.ward WHERE w."Title" = 'Care' AND n.is_on AND n.pay > 12.5`,
  );
  expect(made.length).toBeGreaterThanOrEqual(4);
  for (const rows of [...made, ...[1, 2, 3].map((number) => shuffleRows(source, number, 1))]) {
    const seen = await suite.withRows(rows, (reader) =>
      reader.read(
        `SELECT count(*) FROM nurse JOIN ward ON code = ward WHERE mood IS NULL OR mood = 'calm'::"Mood"`,
        9,
      ),
    );
    expect(seen, rows.kind).toMatchObject({ result: { rows: [[expect.stringMatching(/^\d+$/)]] } });
  }
  await suite.close();
  await expect(openSuiteLoader({ adminTargetOf: server.target })).rejects.toMatchObject({ code: 'CONFLICT' });
  await loader.close();
  const admin = await openRowLoader(server.target());
  expect((await admin.read("SELECT 1 FROM pg_database WHERE datname = 'test_suite'")).rows).toEqual([]);
  await admin.close();
});

test('mutants are caught beyond the shipped rows, and nothing right is lost', async () => {
  const golds = [
    'SELECT name FROM nurse WHERE pay >= 10 AND is_on ORDER BY hired DESC',
    `SELECT w."Title", count(*) FROM ward w JOIN nurse n ON n.ward = w.code GROUP BY w."Title" HAVING count(*) > 1`,
    `SELECT DISTINCT ward FROM nurse WHERE name IN ('Ann', 'Bo')`,
  ].map((sql, index) => ({ id: String(index), dbId: 'clinic', sql }));
  const measured = await measureSuite(golds, {
    ...{ server: { adminTargetOf: server.target }, cacheDir, signal },
    openDatabase: () => Promise.resolve(clinic()),
  });
  expect(measured.gold).toEqual({ asked: 3, lost: [] });
  expect(measured.lostRewritings).toEqual([]);
  expect(measured.contradictions).toEqual([]);
  const { mutants, equivalent, caughtByShippedRows, caughtBySuite, survived } = measured.kinds.all;
  expect(caughtByShippedRows + caughtBySuite + survived + equivalent).toBe(mutants);
  expect(caughtBySuite).toBeGreaterThanOrEqual(3);
  expect(survived).toBeLessThan(caughtBySuite);
});

describe('a query said otherwise', () => {
  test.each([
    ['SELECT a FROM t WHERE a > 1 AND b = 2', 'SELECT a FROM t WHERE b = 2 AND a > 1'],
    ['SELECT a FROM t WHERE a > 1', 'SELECT a FROM t WHERE 1 < a'],
    ['SELECT count(*) FROM t', 'SELECT count(1) FROM t'],
    ['SELECT t.a FROM t JOIN s ON t.a = s.a', 'SELECT t.a FROM s JOIN t ON t.a = s.a'],
    ['SELECT a FROM t WHERE a BETWEEN 1 AND 2', 'SELECT a FROM t WHERE a >= 1 AND a <= 2'],
    ['SELECT a FROM t WHERE a NOT IN (1, 2)', 'SELECT a FROM t WHERE a <> 1 AND a <> 2'],
    ['SELECT DISTINCT a, b FROM t', 'SELECT a, b FROM t GROUP BY 1, 2'],
    ['SELECT a FROM t', 'WITH answer AS (SELECT a FROM t) SELECT * FROM answer'],
    [
      'SELECT a FROM t WHERE a IN (SELECT b FROM s)',
      'SELECT a FROM t WHERE EXISTS (SELECT 1 FROM (SELECT b FROM s) AS member(value) WHERE member.value = a)',
    ],
  ])('%s', (sql, otherwise) => {
    expect(rewriteEqually(sql).map((each) => each.sql)).toContain(otherwise);
  });

  test('nothing is said where it could mean another thing', () => {
    expect(rewriteEqually('SELECT a FROM t ORDER BY a LIMIT 1')).toEqual([]);
    expect(rewriteEqually('SELECT * FROM t JOIN s ON t.a = s.a').map(({ kind }) => kind)).not.toContain(
      'join-turned',
    );
  });
});
