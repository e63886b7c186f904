import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { serveTransport } from '../app/index.ts';
import {
  createClient,
  createMemoryTransportPair,
  createWebSocketTransport,
  datasetContract,
  type DatasetFilters,
  type Transport,
} from '../contract/index.ts';
import { createSocketTransport } from '../host/socket-transport.ts';
import { createDatasetHandlers } from './handlers.ts';
import {
  evidence,
  examples,
  pairs,
  writeDataset,
  writeOverride,
  zooSchema,
} from './reading/testing/write-dataset.ts';

let root: string;
const cleanups: (() => void)[] = [];
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'dataset-'));
  await writeDataset(root);
});
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
  rmSync(root, { recursive: true, force: true });
});

async function openSocketPair(): Promise<[Transport, Transport]> {
  const server = createServer().listen(0, '127.0.0.1');
  const sockets = new WebSocketServer({ server });
  const far = new Promise<Transport>((resolve) =>
    sockets.on('connection', (socket) => resolve(createSocketTransport(socket))),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  const near = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  cleanups.push(() => {
    near.terminate();
    sockets.close();
    server.close();
  });
  return [createWebSocketTransport(near), await far];
}

const transports = [
  { name: 'in memory', open: async () => createMemoryTransportPair() },
  { name: 'WebSocket', open: openSocketPair },
];

async function connect(
  open: () => Promise<[Transport, Transport]> = async () => createMemoryTransportPair(),
) {
  const [near, far] = await open();
  serveTransport(datasetContract, createDatasetHandlers({ datasetDir: root }), far);
  return createClient(datasetContract, near);
}

const inProcessed = (name: string): string => join(root, 'processed', name);

describe.each(transports)('the dataset over $name', ({ open }) => {
  it('says what there is', async () => {
    const client = await connect(open);
    expect(await client['dataset.status']({})).toMatchObject({
      folder: root,
      state: 'ready',
      pairs: 5,
      bySource: { train_spider: 3, train_others: 1, dev: 1 },
      bySplit: { train: 2, val: 1, 'left-out': 2 },
      byOutcome: { verified: 3, 'verified-on-generated-rows': 1, failed: 1 },
      overrides: 0,
    });
  });

  it('finds by text, and gives what a list needs', async () => {
    const client = await connect(open);
    const found = await client['dataset.search']({ text: 'T2.keeper_id "order by t2.weight"' });
    expect(found).toMatchObject({ total: 1, tookMs: expect.any(Number) as number });
    expect(found.items).toEqual([
      {
        id: 'train_spider:2',
        source: 'train_spider',
        index: 2,
        dbId: 'zoo',
        question: pairs[2]?.question,
        sql: pairs[2]?.sql,
        split: 'train',
        hardness: 'medium',
        outcome: 'verified',
        equality: 'ties-broken',
        informative: { shipped: true, generated: false },
        rows: 2,
        features: ['join', 'where', 'order-by', 'like'],
        tables: 2,
        marks: ['linked-down'],
        promptTokens: 40,
        completionTokens: 12,
      },
    ]);
  });

  it('shows one example with its prompt, both answers, and the rows made for it', async () => {
    const client = await connect(open);
    const { prompt, completion, promptTokens, completionTokens } = examples[0] as (typeof examples)[0];
    expect(await client['dataset.example']({ id: 'train_spider:0' })).toEqual({
      id: 'train_spider:0',
      source: 'train_spider',
      index: 0,
      dbId: 'zoo',
      question: 'How many animals are there ?',
      sqliteSql: 'SELECT count ( * ) FROM Animal',
      sql: 'SELECT count(*) FROM animal',
      formattedSql: expect.stringMatching(/^SELECT\s+count\(\*\)\s+FROM animal$/) as string,
      split: 'train',
      hardness: 'easy',
      features: ['aggregate'],
      tables: 1,
      outcome: 'verified',
      equality: 'strict',
      rows: 1,
      informative: { shipped: true, generated: false },
      evidence: { answers: evidence[0]?.answers, generated: evidence[0]?.generated },
      prompt: { prompt, completion, promptTokens, completionTokens },
      nearDuplicates: [],
      sameSql: [{ id: 'train_spider:1', question: 'What is the number of animals?' }],
    });
  });

  it('gives errors their code, whatever the way', async () => {
    const client = await connect(open);
    await expect(client['dataset.example']({ id: 'dev:99' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no example dev:99 in the dataset.',
    });
  });
});

describe('filters', () => {
  const idsOf = async (filters: DatasetFilters, text?: string) =>
    (await (await connect())['dataset.search']({ filters, text })).items.map(({ id }) => id);

  it.each<[DatasetFilters, string[]]>([
    [{ source: ['dev'] }, ['dev:0']],
    [{ split: ['val'] }, ['train_others:0']],
    [{ split: ['left-out'] }, ['train_spider:1', 'dev:0']],
    [{ dbId: ['empty_town'] }, ['train_others:0']],
    [{ dbId: ['nowhere'] }, []],
    [{ hardness: ['medium'], dbId: ['zoo'] }, ['train_spider:2', 'dev:0']],
    [{ outcome: ['failed', 'verified-on-generated-rows'] }, ['train_others:0', 'dev:0']],
    [{ reasonClass: ['not-rewritten'] }, ['dev:0']],
    [{ equality: ['ties-broken', 'none'] }, ['train_spider:2', 'dev:0']],
    [{ informative: ['generated'] }, ['train_others:0']],
    [{ features: ['aggregate', 'group-by'] }, ['train_others:0']],
    [{ tables: ['2', '3'] }, ['train_spider:2']],
    [{ marks: ['linked-down'] }, ['train_spider:2']],
    [{ outcome: [], source: ['dev'] }, ['dev:0']],
  ])('%j', async (filters, ids) => expect(await idsOf(filters)).toEqual(ids));

  it('come with counts: each under all others, features under themselves too', async () => {
    const client = await connect();
    const filters: DatasetFilters = { dbId: ['zoo'], outcome: ['verified'], features: ['aggregate'] };
    const { total, facets } = await client['dataset.search']({ filters });
    const countsOf = (name: keyof typeof facets) =>
      Object.fromEntries((facets[name] ?? []).map(({ value, count }) => [value, count]));
    expect(total).toBe(2);
    expect(countsOf('dbId')).toEqual({ empty_town: 0, zoo: 2 });
    expect(countsOf('outcome')).toEqual({ verified: 2, 'verified-on-generated-rows': 0, failed: 1 });
    expect(countsOf('features')).toMatchObject({ aggregate: 2, 'group-by': 0, join: 0 });
    expect(countsOf('split')).toEqual({ train: 1, val: 0, 'left-out': 1 });
  });

  it('are refused when they name what does not exist', async () => {
    const client = await connect();
    const wrong = { hardness: ['impossible'] } as unknown as DatasetFilters;
    await expect(client['dataset.search']({ filters: wrong })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    const unknown = { hard: ['easy'] } as unknown as DatasetFilters;
    await expect(client['dataset.search']({ filters: unknown })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it.each([true, false])('sort what has no such value last (descending: %s)', async (descending) => {
    const client = await connect();
    const { items } = await client['dataset.search']({ sort: { by: 'promptTokens', descending } });
    const tokens = items.map(({ promptTokens }) => promptTokens);
    expect(tokens.filter((count) => count === undefined)).toHaveLength(2);
    expect(tokens.slice(-2)).toEqual([undefined, undefined]);
  });

  it('sort either way, and cut out a page', async () => {
    const client = await connect();
    const search = async (descending: boolean, offset = 0) =>
      (await client['dataset.search']({ sort: { by: 'sqlLength', descending }, offset, limit: 2 })).items.map(
        ({ id }) => id,
      );
    expect(await search(true)).toEqual(['train_spider:2', 'train_others:0']);
    expect(await search(true, 2)).toEqual(['train_spider:0', 'train_spider:1']);
    expect(await search(false)).toEqual(['dev:0', 'train_spider:0']);
  });
});

describe('an example in a result', () => {
  it('has a place and neighbours there, whatever the page', async () => {
    const client = await connect();
    const sort = { by: 'sqlLength', descending: true } as const;
    const placeOf = async (around: string, filters: DatasetFilters = {}) =>
      (await client['dataset.search']({ filters, sort, limit: 0, around })).around;
    expect(await placeOf('train_others:0')).toEqual({
      position: 1,
      previous: 'train_spider:2',
      next: 'train_spider:0',
    });
    expect(await placeOf('train_spider:2', { dbId: ['zoo'] })).toEqual({
      position: 0,
      next: 'train_spider:0',
    });
    expect(await placeOf('dev:0', { split: ['train'] })).toBeUndefined();
    expect(await placeOf('dev:99')).toBeUndefined();
  });
});

describe('a correction', () => {
  const override = {
    id: 'dev:0',
    sql: 'SELECT name FROM animal ORDER BY weight DESC LIMIT 1',
    by: 'ann',
    why: 'Its name is asked for.',
    on: '2026-05-01',
  };

  it('is on top at once, with the original beside it', async () => {
    const client = await connect();
    expect((await client['dataset.search']({ text: '"weight desc limit"' })).total).toBe(0);
    await writeOverride(root, override);
    expect(await client['dataset.example']({ id: 'dev:0' })).toMatchObject({
      sql: override.sql,
      question: 'What is the heaviest animal?',
      override,
      original: { sql: '', question: 'What is the heaviest animal?' },
      overrideApplied: false,
      features: ['order-by', 'limit'],
    });
    const found = await client['dataset.search']({
      text: '"weight desc limit"',
      filters: { marks: ['corrected'] },
    });
    expect(found.items.map(({ id }) => id)).toEqual(['dev:0']);
  });
});

describe('databases', () => {
  it('are listed with what is known of them', async () => {
    const client = await connect();
    expect(await client['dataset.databases']({})).toEqual([
      {
        dbId: 'empty_town',
        pairs: 1,
        byOutcome: { 'verified-on-generated-rows': 1 },
        sources: ['train_others'],
        splits: ['val'],
      },
      {
        dbId: 'zoo',
        tables: 1,
        columns: 1,
        rows: 1,
        pairs: 4,
        byOutcome: { verified: 3, failed: 1 },
        sources: ['train_spider', 'dev'],
        splits: ['train', 'left-out'],
      },
    ]);
  });

  it('show their schema in both engines', async () => {
    const client = await connect();
    expect(await client['dataset.schema']({ dbId: 'zoo' })).toMatchObject({
      sqlite: zooSchema,
      postgres: { database: 'zoo' },
      samples: [{ table: 'animal', column: 'name', values: ['Ada'] }],
    });
  });

  it('give their rows page by page, big numbers whole', async () => {
    const client = await connect();
    const page = await client['dataset.rows']({ dbId: 'zoo', table: 'animal', offset: 2, limit: 10 });
    expect(page).toEqual({
      columns: [
        { name: 'id', type: 'INTEGER' },
        { name: 'name', type: 'TEXT' },
        { name: 'kind', type: 'TEXT' },
        { name: 'weight', type: 'REAL' },
        { name: 'keeper_id', type: 'INTEGER' },
      ],
      rows: [
        [3, 'Cy', null, 8, null],
        ['9007199254740993', 'Big id', 'big bird', 1, 1],
      ],
      total: 4,
    });
  });

  it.each(['../zoo', 'zoo/../../x', 'nowhere'])('refuse the name %s', async (dbId) => {
    const client = await connect();
    await expect(client['dataset.schema']({ dbId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const rows = client['dataset.rows']({ dbId, table: 'animal' });
    await expect(rows).rejects.toMatchObject({
      code: expect.stringMatching(/NOT_FOUND|DATASET_MISSING/) as string,
    });
  });

  it('refuse a table that is not there, and a file that is no database', async () => {
    const client = await connect();
    await expect(client['dataset.rows']({ dbId: 'zoo', table: 'x"; --' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    writeFileSync(join(root, 'raw', 'spider', 'database', 'zoo', 'zoo.sqlite'), 'not a database '.repeat(99));
    await expect(client['dataset.rows']({ dbId: 'zoo', table: 'animal' })).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringContaining('zoo.sqlite') as string,
    });
  });
});

it('counts and measures for charts', async () => {
  const client = await connect();
  const statistics = await client['dataset.statistics']({});
  expect(statistics).toMatchObject({
    hardnessBySplit: {
      train: { easy: 1, medium: 1 },
      val: { medium: 1 },
      'left-out': { easy: 1, medium: 1 },
    },
    outcomeBySource: { train_spider: { verified: 3 }, dev: { failed: 1 } },
    reasons: { 'not-rewritten': 1 },
    tablesPerQuery: { 1: 4, 2: 1 },
    promptTokens: { count: 3, p50: 40, max: 40 },
  });
  const bars = statistics.questionLength.bars.map(({ count }) => count);
  expect(bars.reduce((sum, count) => sum + count, 0)).toBe(5);
});

describe('files', () => {
  it.each([
    [
      'missing',
      'npm run -s sqlcodegen -- data all --spider spider.zip',
      () => rmSync(join(root), { recursive: true }),
    ],
    ['partial', 'npm run -s sqlcodegen -- data all', () => rmSync(inProcessed('pairs.jsonl'))],
  ])(
    '%s: a state with its command, and DATASET_MISSING for what needs them',
    async (state, command, remove) => {
      if (state === 'partial') writeFileSync(join(root, 'raw', 'spider', 'manifest.json'), '{}');
      remove();
      const client = await connect();
      expect(await client['dataset.status']({})).toMatchObject({ state, command, pairs: 0 });
      await expect(client['dataset.search']({})).rejects.toMatchObject({
        code: 'DATASET_MISSING',
        hint: expect.stringContaining('npm run -s sqlcodegen -- data all') as string,
      });
    },
  );

  it('without splits put no example in one', async () => {
    for (const split of ['train', 'val', 'test']) rmSync(inProcessed(`${split}_postgres.jsonl`));
    const client = await connect();
    const status = await client['dataset.status']({});
    expect(status).toMatchObject({
      command: 'npm run -s sqlcodegen -- data all',
      bySplit: { 'not-split': 5 },
    });
    const { items } = await client['dataset.search']({ limit: 1 });
    expect(items[0]).toMatchObject({ split: 'not-split', hardness: 'easy' });
  });

  it.each<[string, string, () => void, RegExp]>([
    [
      'pairs.jsonl cut short',
      'convert',
      () =>
        writeFileSync(inProcessed('pairs.jsonl'), readFileSync(inProcessed('pairs.jsonl')).subarray(0, -40)),
      /pairs\.jsonl, line 5, is not JSON, perhaps cut short/,
    ],
    [
      'pairs.jsonl of an older version',
      'convert',
      () => writeFileSync(inProcessed('pairs.jsonl'), '{"id":"dev:0","outcome":"different"}\n'),
      /pairs\.jsonl, line 1, is not what it should be: split: /,
    ],
    [
      'a split with a foreign line',
      'split',
      () => appendFileSync(inProcessed('val_postgres.jsonl'), '[]\n'),
      /val_postgres\.jsonl, line 2, is not what it should be/,
    ],
  ])('that are damaged are named with the line and the cure: %s', async (_what, stage, damage, message) => {
    damage();
    const client = await connect();
    for (const call of [client['dataset.status']({}), client['dataset.search']({})]) {
      await expect(call).rejects.toMatchObject({
        code: 'DATASET_CORRUPT',
        message: expect.stringMatching(message) as string,
        hint: expect.stringContaining(`sqlcodegen -- data ${stage}`) as string,
      });
    }
  });

  it('with damaged answers spoil only the example that needs them', async () => {
    const file = inProcessed(join('answers', 'zoo.jsonl'));
    writeFileSync(file, readFileSync(file).subarray(0, -60));
    const client = await connect();
    await expect(client['dataset.example']({ id: 'train_spider:0' })).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringContaining('zoo.jsonl, line 1,') as string,
    });
    const other = await client['dataset.example']({ id: 'train_others:0' });
    expect(other.evidence).toBeUndefined();
  });

  it('that change are read again, and a repaired one is read', async () => {
    const client = await connect();
    expect((await client['dataset.search']({})).total).toBe(5);
    const whole = readFileSync(inProcessed('pairs.jsonl'), 'utf8');
    writeFileSync(inProcessed('pairs.jsonl'), `${whole}{"id":`);
    await expect(client['dataset.search']({})).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
    writeFileSync(inProcessed('pairs.jsonl'), whole.split('\n').slice(0, 2).join('\n'));
    expect((await client['dataset.search']({})).total).toBe(2);
  });
});
