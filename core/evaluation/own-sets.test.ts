import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadMutator, mutateQuery } from '../conversion/mutants/index.ts';
import { createLeakCheck } from '../dataset/find-leaks.ts';
import { demoDatabases } from '../demo/catalogue.ts';
import {
  connectEmbedded,
  type EmbeddedClient,
  type EmbeddedTarget,
  type Row,
} from '../postgres/embedded-client.ts';
import { startTestServer, type TestServer } from '../postgres/testing/start-test-server.ts';
import { introspectSchema } from '../schema/introspect.ts';
import { hardnessOf } from '../sql/hardness.ts';
import { guardQuery } from '../sql/index.ts';
import { isOrdered } from './is-ordered.ts';

interface OwnQuestion {
  id: string;
  question: string;
  goldSql: string;
  hardness: string;
  ordered: boolean;
}

const folder = new URL('../../data/own/', import.meta.url);
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('/questions.jsonl') && !path.startsWith('large/'))
  .map((path) => path.split('/')[0] ?? '')
  .sort();
const questionsOf = (name: string): OwnQuestion[] => readLines(`${name}/questions.jsonl`);

/** Changes that keep the meaning, because no value lies on the border: an average, for one, meets no round number. */
const harmless = ['comparison-loosened > → >='];

let server: TestServer;
const clients = new Map<string, EmbeddedClient>();

beforeAll(async () => {
  await loadMutator();
  server = await startTestServer();
  for (const name of names) {
    await server.createDatabase(name);
    const client = await connectEmbedded(server.target(name) as EmbeddedTarget, 'own sets test');
    clients.set(name, client);
    await client.script(readText(`${name}/schema.sql`));
  }
});
afterAll(async () => {
  for (const client of clients.values()) await client.close();
  await server.stop();
});

function readText(path: string): string {
  return readFileSync(new URL(path, folder), 'utf8');
}

function readLines<Line>(path: string): Line[] {
  return readText(path)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

async function read(name: string, sql: string): Promise<Row[]> {
  return clients.get(name)?.rows(sql) ?? [];
}

test('each database’s script is what the generator writes', async () => {
  const path = new URL('generate.ts', folder).href;
  const { ownDatabases, generateOwnSql } = (await import(path)) as {
    ownDatabases: readonly string[];
    generateOwnSql(name: string): string;
  };
  expect([...ownDatabases].sort()).toEqual(names);
  for (const name of names) expect(generateOwnSql(name) === readText(`${name}/schema.sql`), name).toBe(true);
});

test('no question is one of the demo’s, and none stands twice', () => {
  const isDemo = createLeakCheck(demoDatabases.flatMap((demo) => demo.questions.map((one) => one.question)));
  const questions = names.flatMap(questionsOf).map(({ question }) => question);
  expect(questions.filter(isDemo)).toEqual([]);
  expect(new Set(questions).size).toBe(questions.length);
});

describe.each(names)('%s', (name) => {
  test('has 6 to 12 tables with keys and at most 300 rows each', async () => {
    const schema = await introspectSchema((sql, params) => clients.get(name)!.rows(sql, params));
    expect(schema.tables.length).toBeGreaterThanOrEqual(6);
    expect(schema.tables.length).toBeLessThanOrEqual(12);
    for (const table of schema.tables) {
      const [row] = await read(name, `SELECT count(*)::int AS count FROM "${table.name}"`);
      expect(row?.['count'], table.name).toBeGreaterThanOrEqual(8);
      expect(row?.['count'], table.name).toBeLessThanOrEqual(300);
      expect(table.primaryKey, table.name).not.toEqual([]);
    }
  });

  test('has 5 easy, 7 medium, 5 hard and 3 extra questions by Spider’s rules', async () => {
    const graded = questionsOf(name).map(async ({ goldSql }) => hardnessOf(goldSql));
    const said = questionsOf(name).map(({ hardness }) => hardness);
    expect(await Promise.all(graded)).toEqual(said);
    const counts = Object.groupBy(said, (hardness) => hardness);
    expect(['easy', 'medium', 'hard', 'extra'].map((level) => counts[level]?.length)).toEqual([5, 7, 5, 3]);
  });

  describe.each(questionsOf(name))('$id', ({ goldSql, ordered }) => {
    test('answers with rows that a tie cannot change, as one statement that the guard lets through', async () => {
      expect(await guardQuery(goldSql, { origin: 'model' })).toMatchObject({ allowed: true });
      expect(await isOrdered(goldSql)).toBe(ordered);
      const rows = await read(name, goldSql);
      expect(rows.length).toBeGreaterThan(0);
      expect(Object.values(rows[0] ?? {}).some((value) => value !== null && value !== '0')).toBe(true);
      expect(await read(name, goldSql.replaceAll(/ LIMIT (\d+)/g, ' FETCH FIRST $1 ROWS WITH TIES'))).toEqual(
        rows,
      );
    });

    test('answers otherwise when one place of the query is wrong', async () => {
      const gold = asText(await read(name, goldSql), ordered);
      const survivors = [];
      for (const mutant of mutateQuery(goldSql)) {
        // An outer join along a declared key returns the same rows.
        if (mutant.kind === 'join-outer') continue;
        const rows = await read(name, mutant.sql).catch(() => undefined);
        if (rows && asText(rows, ordered) === gold) survivors.push(`${mutant.kind} ${mutant.what}`);
      }
      expect(survivors.filter((change) => !harmless.includes(change))).toEqual([]);
    });
  });

  test('ordered answers have one order only', async () => {
    for (const { id, goldSql } of questionsOf(name).filter(({ ordered }) => ordered)) {
      if (/ LIMIT \d+$/.test(goldSql)) continue;
      const total = (await read(name, goldSql)).length;
      for (let count = 1; count < total; count += 1) {
        const first = await read(name, `${goldSql} FETCH FIRST ${count} ROWS WITH TIES`);
        expect(first.length, id).toBe(count);
      }
    }
  });
});

function asText(rows: Row[], ordered: boolean): string {
  const lines = rows.map((row) => JSON.stringify(Object.values(row)));
  return (ordered ? lines : lines.sort()).join('\n');
}
