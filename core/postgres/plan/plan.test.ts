import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryPlan } from '../../contract/index.ts';
import { openDatabase, type Database } from '../database.ts';
import { startTestServer, type TestServer } from '../testing/start-test-server.ts';
import { createPlanHandlers } from './plan-handlers.ts';
import { readPlan } from './read-plan.ts';

const never = new AbortController().signal;
const limits = { connectionId: 'x', analyze: true, timeoutMs: 30_000 };

describe('a plan from a real server', () => {
  let server: TestServer;
  let database: Database;
  let observer: pg.Client;
  const handlers = createPlanHandlers({ connections: { open: async () => database } });
  const plan = (sql: string, changes: Partial<typeof limits> = {}, signal = never) =>
    handlers['postgres.explainPlan']({ ...limits, sql, ...changes }, { signal });

  beforeAll(async () => {
    server = await startTestServer();
    database = openDatabase(server.target());
    observer = new pg.Client({ connectionString: server.urlOf() });
    await observer.connect();
    await observer.query(`
      CREATE TABLE people (id int PRIMARY KEY, city text);
      INSERT INTO people SELECT i, 'c' || i % 7 FROM generate_series(1, 5000) AS i;
      CREATE TABLE visits (person int REFERENCES people, at date);
      INSERT INTO visits SELECT i % 5000 + 1, date '2024-01-01' + i % 300 FROM generate_series(1, 20000) AS i;
      ANALYZE`);
  });
  afterAll(async () => {
    await database?.close();
    await observer?.end();
    await server?.stop();
  });

  it('has each step with its rows, times that add up, buffers and what its filter threw away', async () => {
    const sql = `SELECT city, count(*) FROM people LEFT JOIN visits ON person = id
      WHERE city <> 'c1' GROUP BY city ORDER BY 2 DESC`;
    const { nodes, analyzed, executionMs = 0, raw } = await plan(sql);
    expect(analyzed).toBe(true);
    expect(JSON.parse(raw)).toHaveLength(1);
    expect(nodes[0]).toMatchObject({ depth: 0, kind: 'Sort', actualRows: 6, loops: 1 });
    expect(nodes.find(({ kind }) => / (Left|Right) Join$/.test(kind))?.actualRows).toBe(
      await countRows("SELECT count(*) FROM people LEFT JOIN visits ON person = id WHERE city <> 'c1'"),
    );
    const scan = nodes.find(({ relation }) => relation === 'people');
    expect(scan?.rowsRemoved).toBe(await countRows("SELECT count(*) FROM people WHERE city = 'c1'"));
    expect(scan?.details).toContainEqual({ label: 'Filter', value: expect.stringContaining("'c1'") });
    expect((scan?.buffers?.hit ?? 0) + (scan?.buffers?.read ?? 0)).toBeGreaterThan(10);
    const own = nodes.reduce((sum, { ownMs = 0 }) => sum + ownMs, 0);
    expect(own).toBeCloseTo(nodes[0]?.totalMs ?? 0, 1);
    expect(own).toBeLessThanOrEqual(executionMs);
  });

  async function countRows(sql: string): Promise<number> {
    const { rows } = await observer.query<{ count: string }>(sql);
    return Number(rows[0]?.count);
  }

  it('marks a step whose rows were guessed wrong', async () => {
    const wrong = await plan('SELECT * FROM people WHERE length(city) * 0 = 0');
    expect(wrong.nodes[0]?.misestimate).toBeGreaterThan(10);
  });

  it('without ANALYZE guesses only, and runs nothing', async () => {
    const { nodes, analyzed, executionMs } = await plan('SELECT pg_sleep(60) FROM people', {
      analyze: false,
      timeoutMs: 5_000,
    });
    expect({ analyzed, executionMs }).toEqual({ analyzed: false, executionMs: undefined });
    expect(nodes[0]).not.toHaveProperty('actualRows');
    expect(nodes[0]).not.toHaveProperty('totalMs');
    expect(nodes[0]?.plannedRows).toBe(5000);
  });

  it('passes the guard, the read-only transaction, the timeout and a cancel', async () => {
    await expect(plan('DELETE FROM visits')).rejects.toMatchObject({ code: 'SQL_NOT_READ_ONLY' });
    await expect(plan('SELECT 1; DELETE FROM visits')).rejects.toMatchObject({ code: 'SQL_NOT_READ_ONLY' });
    await expect(plan('EXPLAIN SELECT 1')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(plan('SELECT pg_sleep(60)', { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'SQL_TIMEOUT',
    });
    await expect(plan('SELECT nothing FROM people')).rejects.toMatchObject({
      code: 'SQL_EXECUTION',
      details: { position: 7 },
    });
    const controller = new AbortController();
    const running = plan('SELECT pg_sleep(60)', {}, controller.signal);
    setTimeout(() => controller.abort(), 100);
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    const { rows } = await observer.query(
      `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`,
    );
    expect(rows).toEqual([]);
  });
});

describe('times', () => {
  const node = (type: string, ms: number, more: object = {}) => ({
    ...{ 'Node Type': type, 'Plan Rows': 1, 'Actual Rows': 1, 'Actual Loops': 1, 'Actual Total Time': ms },
    ...{ 'Startup Cost': 0, 'Total Cost': 1, ...more },
  });
  const ownMs = (plan: object): [string, number | undefined][] => {
    const read: QueryPlan = readPlan(JSON.stringify([{ Plan: plan, 'Execution Time': 100 }]));
    return read.nodes.map(({ kind, ownMs }) => [kind, ownMs]);
  };

  it('of a WITH belong to the scan that asks for its rows', () => {
    const cte = node('Seq Scan', 60, { 'Subplan Name': 'CTE totals', 'Parent Relationship': 'InitPlan' });
    const scan = node('CTE Scan', 70, { 'CTE Name': 'totals' });
    expect(ownMs(node('Aggregate', 80, { Plans: [cte, scan] }))).toEqual([
      ['Aggregate', 10],
      ['Seq Scan', 60],
      ['CTE Scan', 10],
    ]);
  });

  it('of loops are added up, and those of processes side by side count once', () => {
    const inner = node('Index Scan', 0.5, { 'Actual Loops': 40 });
    expect(ownMs(node('Nested Loop', 30, { Plans: [inner] }))).toEqual([
      ['Nested Loop', 10],
      ['Index Scan', 20],
    ]);
    const scan = node('Seq Scan', 50, { 'Actual Loops': 3, 'Parallel Aware': true });
    expect(ownMs(node('Gather', 60, { 'Workers Launched': 2, Plans: [scan] }))).toEqual([
      ['Gather', 10],
      ['Parallel Seq Scan', 50],
    ]);
  });
});
