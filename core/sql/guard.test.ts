import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guardQuery } from './guard.ts';
import type { GuardOrigin, GuardVerdict } from './guard.ts';

interface Attack {
  reason: string;
  sql: string;
}

function readLines(name: string): string[] {
  const text = readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** A line is the expected reason in a comment, then the statement. `<NUL>` stands for a NUL character. */
function readAttacks(name: string): Attack[] {
  return readLines(name).map((line) => {
    const match = /^\/\* (.*?) \*\/ (.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) throw new Error(`No reason: ${line}`);
    return { reason: match[1], sql: match[2].replace('<NUL>', '\0') };
  });
}

async function refusal(sql: string, origin: GuardOrigin): Promise<GuardVerdict & { allowed: false }> {
  const verdict = await guardQuery(sql, { origin });
  if (verdict.allowed) throw new Error(`Allowed for ${origin}: ${sql}`);
  return verdict;
}

const attacks = readAttacks('attacks.sql');
const modelAttacks = readAttacks('model-attacks.sql');
const queries = readLines('analytic-queries.sql');

describe.each(['user', 'model'] as const)('attacks, origin %s', (origin) => {
  it.each(attacks)('$sql', async ({ reason, sql }) => {
    const verdict = await refusal(sql, origin);
    // EXPLAIN itself is already too much for a model.
    const expected = origin === 'model' && /^EXPLAIN/i.test(sql) ? 'EXPLAIN of anything but' : reason;
    expect(`${verdict.message} ${verdict.hint ?? ''}`).toContain(expected);
    expect(verdict.hint).toBeTruthy();
  });
});

describe('attacks, a model only', () => {
  it.each(modelAttacks)('$sql', async ({ reason, sql }) => {
    expect((await refusal(sql, 'model')).message).toContain(reason);
    expect(await guardQuery(sql, { origin: 'user' })).toMatchObject({ allowed: true, sql });
  });
});

describe.each(['user', 'model'] as const)('ordinary queries, origin %s', (origin) => {
  it.each(queries)('%s', async (sql) => {
    expect(await guardQuery(sql, { origin })).toMatchObject({ allowed: true, sql });
  });
});

describe('columns that look like functions', () => {
  it.each([
    'lineorder.lo_revenue',
    't.http_status',
    't.query',
    't.version',
    't.pg_rating',
    '(t.address).http_code',
  ])('%s', async (column) => {
    const sql = `SELECT ${column}, pg_read_file FROM t`;
    expect(await guardQuery(sql, { origin: 'model' })).toMatchObject({ allowed: true });
  });
});

describe('names whose meaning is the database’s', () => {
  it('are collected once each, without those of a schema', async () => {
    const sql = `SELECT lower(c.name), lower('x'), pg_catalog.upper('y'), (c.address).city, id + 1 OPERATOR(pg_catalog.-) 2
      FROM customers c TABLESAMPLE bernoulli(1) WHERE EXTRACT(year FROM c.day) > ALL (SELECT 1)
      AND a BETWEEN 1 AND 2 ORDER BY x USING ~<~`;
    const verdict = await guardQuery(sql, { origin: 'model' });
    if (!verdict.allowed) throw new Error(verdict.message);
    expect(verdict.names.functions.sort()).toEqual(['bernoulli', 'lower']);
    expect(verdict.names.attributes.sort()).toEqual(['address', 'city', 'day', 'name']);
    expect(verdict.names.operators.sort()).toEqual(['+', '<', '<=', '=', '>', '>=', '~<~']);
  });
});

describe('the tables', () => {
  it('are as long as promised and name no case twice', () => {
    expect(attacks.length).toBeGreaterThanOrEqual(45);
    expect(queries.length).toBeGreaterThanOrEqual(200);
    const all = [...attacks, ...modelAttacks].map((attack) => attack.sql).concat(queries);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('positions', () => {
  it.each([
    ["SELECT '🎉é', pg_read_file('x')", 'pg_read_file'],
    ["SELECT '🎉é'; DROP TABLE t", 'DROP'],
    ["SELECT '🎉é', frm x where", 'x where'],
    ['WITH x AS (DELETE FROM "ü" RETURNING 1) SELECT 1', '"ü"'],
    ['SELECT a INTO b FROM c', 'b FROM'],
  ])('%s', async (sql, marked) => {
    const verdict = await refusal(sql, 'user');
    const position = verdict.position ?? -1;
    expect(sql.slice(position).startsWith(marked) || sql.slice(0, position).endsWith(marked)).toBe(true);
  });
});

describe('statements made to break the parser', () => {
  const bombs = [
    `SELECT ${'(SELECT '.repeat(3_000)}1${')'.repeat(3_000)}`,
    `SELECT ${'('.repeat(90_000)}1${')'.repeat(90_000)}`,
    `SELECT ${Array(60_000).fill('1').join('+')}`,
    `SELECT ${'- '.repeat(50_000)}1`,
    `SELECT ${'NOT '.repeat(40_000)}true`,
    `SELECT '${'x'.repeat(300_000)}'`,
  ];
  it.each(bombs.map((sql) => [`${sql.slice(0, 24)}… (${sql.length})`, sql]))('%s', async (_title, sql) => {
    const verdict = await refusal(sql, 'model');
    expect(verdict.code).toBe('SQL_SYNTAX');
  });

  it('leaves a parser that still tells good from bad', async () => {
    for (let round = 0; round < 30; round += 1) {
      await guardQuery(bombs[round % bombs.length] ?? '', { origin: 'user' });
      expect(await guardQuery("SELECT 'é', lower(name) FROM t", { origin: 'model' })).toMatchObject({
        allowed: true,
      });
      expect((await refusal("SELECT 'é', pg_read_file('x')", 'user')).position).toBe(12);
    }
  });

  it('takes long lists and chains', async () => {
    const list = `SELECT * FROM t WHERE id IN (${Array(95_000).fill('1').join(',')})`;
    expect(await guardQuery(list, { origin: 'user' })).toMatchObject({ allowed: true });
    const chain = `SELECT 1 ${'UNION SELECT 1 '.repeat(500)}`;
    expect(await guardQuery(chain, { origin: 'user' })).toMatchObject({ allowed: true });
  });
});

describe('EXPLAIN', () => {
  it.each(['EXPLAIN SELECT 1', 'EXPLAIN (ANALYZE, FORMAT json) SELECT 1', 'EXPLAIN ANALYZE TABLE customers'])(
    '%s is for people',
    async (sql) => {
      expect(await guardQuery(sql, { origin: 'user' })).toMatchObject({ allowed: true, sql });
      expect((await refusal(sql, 'model')).message).toContain('EXPLAIN');
    },
  );
});
