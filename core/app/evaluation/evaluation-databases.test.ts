import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbeddedServerManager, type EmbeddedServerManager } from '../../postgres/index.ts';
import { createSchemaReader } from '../../schema/index.ts';
import { createEvaluationDatabases, type EvaluationDatabases } from './evaluation-databases.ts';
import { listCases } from './list-cases.ts';

const { signal } = new AbortController();
let datasetDir: string;
let server: EmbeddedServerManager;
let databases: EvaluationDatabases;

beforeAll(() => {
  datasetDir = mkdtempSync(join(tmpdir(), 'sqlcodegen-measured-'));
  for (const dbId of ['zoo', 'aviary']) writeSpider(dbId);
  writeFile(
    ['own', 'bakery', 'schema.sql'],
    "CREATE TABLE loaves (kind text); INSERT INTO loaves VALUES ('rye');",
  );
  writeFile(
    ['own', 'bakery', 'questions.jsonl'],
    [
      { id: 1, question: 'Which loaves?', goldSql: 'SELECT kind FROM loaves ORDER BY kind' },
      {
        id: 'b',
        question: 'How many?',
        goldSql: 'SELECT count(*) FROM loaves',
        hardness: 'extra',
        ordered: true,
      },
    ],
  );
  writeFile(['own', 'schema-only', 'schema.json'], []);
  server = createEmbeddedServerManager({
    dataDir: join(datasetDir, 'app'),
    loadDatabase: async () => undefined,
  });
  databases = createEvaluationDatabases({ datasetDir, server });
});
afterAll(async () => {
  await databases.close();
  await server.stop();
  rmSync(datasetDir, { recursive: true, force: true });
});

function writeFile(path: string[], content: string | readonly unknown[]): void {
  const file = join(datasetDir, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  const lines =
    typeof content === 'string' ? content : content.map((line) => JSON.stringify(line)).join('\n');
  writeFileSync(file, lines);
}

function writeSpider(dbId: string): void {
  const folder = join(datasetDir, 'raw', 'spider', 'database', dbId);
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, `${dbId}.sqlite`));
  database.exec(
    `CREATE TABLE Animal (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO Animal VALUES (1, '${dbId}')`,
  );
  database.close();
}

describe('databases', () => {
  it("one of Spider's is read as if there were no other", async () => {
    const [zoo, aviary] = [
      await databases.open('spider:zoo', { signal }),
      await databases.open('spider:aviary', { signal }),
    ];
    const sql = 'SELECT name FROM animal';
    expect((await zoo.runReadOnly(sql)).rows).toEqual([['zoo']]);
    expect((await aviary.runReadOnly(sql)).rows).toEqual([['aviary']]);
    const schema = await createSchemaReader({ connections: databases }).schemaOf('spider:zoo', { signal });
    expect(schema.searchPath).toEqual(['zoo']);
    expect(schema.tables.map(({ namespace, name }) => `${namespace}.${name}`)).toEqual(['zoo.animal']);
    await expect(zoo.runReadOnly('SELECT name FROM aviary.animal')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(await databases.open('spider:zoo', { signal })).toBe(zoo);
  });

  it('one of data/own is loaded when it is asked for, and anew once its script changed', async () => {
    const bakery = await databases.open('own:bakery', { signal });
    expect((await bakery.runReadOnly('SELECT kind FROM loaves')).rows).toEqual([['rye']]);
    await expect(bakery.runReadOnly('DELETE FROM loaves')).rejects.toMatchObject({
      code: 'SQL_NOT_READ_ONLY',
    });
    writeFile(
      ['own', 'bakery', 'schema.sql'],
      "CREATE TABLE loaves (kind text); INSERT INTO loaves VALUES ('oat');",
    );
    const later = createEvaluationDatabases({ datasetDir, server });
    const rows = (await (await later.open('own:bakery', { signal })).runReadOnly('SELECT kind FROM loaves'))
      .rows;
    await later.close();
    expect(rows).toEqual([['oat']]);
  });

  it('what there is not is named', async () => {
    await expect(databases.open('spider:nowhere', { signal })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(databases.open('own:nowhere', { signal })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(databases.knows('own:../../etc')).toBe(false);
    expect(databases.knows('demo:retail')).toBe(false);
  });
});

describe('questions', () => {
  const pair = {
    ...{
      split: 'dev',
      dbId: 'zoo',
      sqliteSql: 'SELECT name FROM Animal ORDER BY id LIMIT 1',
      outcome: 'verified',
    },
    sql: 'SELECT name FROM animal ORDER BY id LIMIT 1',
    informative: { shipped: true, generated: false },
  };
  const example = { dbId: 'zoo', sql: pair.sql, hardness: 'medium' };

  it("dev is the split's halves in Spider's order, and what no half has, marked", async () => {
    const unproven = { outcome: 'nondeterministic', reasonClass: 'arbitrary-row' };
    writeFile(['processed', 'val_postgres.jsonl'], [{ ...example, id: 'dev:10', question: 'ten' }]);
    writeFile(
      ['processed', 'test_postgres.jsonl'],
      [{ ...example, id: 'dev:2', question: 'two', sql: 'SELECT 2' }],
    );
    writeFile(
      ['processed', 'pairs.jsonl'],
      [
        { ...pair, id: 'train_spider:0', index: 0, question: 'zero', split: 'train_spider' },
        { ...pair, id: 'dev:2', index: 2, question: 'two' },
        { ...pair, id: 'dev:3', index: 3, question: 'three', ...unproven },
        { ...pair, id: 'dev:10', index: 10, question: 'ten' },
      ],
    );
    const cases = await listCases(datasetDir, 'dev', signal);
    expect(cases.map(({ id, ordered, goldUnproven }) => [id, ordered, goldUnproven])).toEqual([
      ['dev:2', false, undefined],
      ['dev:3', true, true],
      ['dev:10', true, undefined],
    ]);
    expect(cases[1]).toMatchObject({ db: 'zoo', connectionId: 'spider:zoo', hardness: 'medium' });
    expect(await listCases(datasetDir, 'test', signal)).toHaveLength(1);
  });

  it('own ones say their hardness and order, or their gold SQL does', async () => {
    const cases = await listCases(datasetDir, 'own', signal);
    expect(cases.map(({ id, db, hardness, ordered }) => [id, db, hardness, ordered])).toEqual([
      ['1', 'bakery', 'easy', true],
      ['b', 'bakery', 'extra', true],
    ]);
    writeFile(['own', 'bakery', 'questions.jsonl'], '{"id": 1, "question": "No gold?"}');
    await expect(listCases(datasetDir, 'own', signal)).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringContaining('line 1') as string,
    });
  });

  it('a split that is not here says what to do', async () => {
    const nowhere = join(datasetDir, 'nowhere');
    for (const split of ['dev', 'train', 'own'] as const) {
      const missing = { code: 'DATASET_MISSING', hint: expect.any(String) as string };
      await expect(listCases(nowhere, split, signal), split).rejects.toMatchObject(missing);
    }
    expect(await listCases(nowhere, 'demo', signal)).toHaveLength(50);
  });
});
