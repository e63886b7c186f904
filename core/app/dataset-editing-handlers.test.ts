import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreClient, DatasetBuildEvent } from '../contract/index.ts';
import { connectInMemory } from './connect-in-memory.ts';
import { createCore, type Core } from './create-core.ts';

let folder: string;
let core: Core;
let client: CoreClient;

/** A release in Spider's layout: a database to train on, one without rows, one that is held out. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-dataset-'));
  await chmod(folder, 0o755);
  const shop =
    "CREATE TABLE Item (Id INTEGER PRIMARY KEY, Name TEXT); INSERT INTO Item VALUES (1, 'cup'), (2, 'jug');";
  await writeDatabase('shop', shop);
  await writeDatabase('town', 'CREATE TABLE House (Id INTEGER PRIMARY KEY, Street TEXT);');
  await writeDatabase('farm', shop.replaceAll('Item', 'Cow'));
  await writeExamples('train_spider', [
    ['shop', 'Which item is a cup?', 'SELECT Id FROM Item WHERE Name = "cup"'],
    ['shop', 'How many items are there?', 'SELECT count ( * )  FROM Item'],
  ]);
  await writeExamples('train_others', [
    ['town', 'Which houses are in Elm Street?', 'SELECT Id FROM House WHERE Street = "Elm"'],
  ]);
  await writeExamples('dev', [['farm', 'How many cows are there?', 'SELECT count(*) FROM Cow']]);
  await writeFile(join(folder, 'release', 'tables.json'), '[]');
  const dataDir = join(folder, 'app');
  core = await createCore({ dataDir, datasetDir: join(folder, 'data'), version: 'test' });
  client = connectInMemory(core.handlers).client;
});

afterAll(async () => {
  await core.close();
  await rm(folder, { recursive: true, force: true });
});

async function writeDatabase(dbId: string, sql: string): Promise<void> {
  const place = join(folder, 'release', 'database', dbId);
  await mkdir(place, { recursive: true });
  const database = new DatabaseSync(join(place, `${dbId}.sqlite`));
  database.exec(sql);
  database.close();
}

async function writeExamples(file: string, examples: [string, string, string][]): Promise<void> {
  const records = examples.map(([db_id, question, query]) => ({ db_id, question, query }));
  await writeFile(join(folder, 'release', `${file}.json`), JSON.stringify(records));
}

async function build(input: Parameters<CoreClient['dataset.build']>[0] = {}): Promise<DatasetBuildEvent[]> {
  const events: DatasetBuildEvent[] = [];
  for await (const event of client['dataset.build'](input)) events.push(event);
  return events;
}

const outcomesOf = (events: DatasetBuildEvent[]) =>
  Object.fromEntries(
    events.flatMap((event) => (event.kind === 'stage' ? [[event.stage, event.outcome]] : [])),
  );

describe('a dataset that is made, looked at and corrected through the contract', () => {
  it('says what to do before there is one', async () => {
    expect(await client['dataset.status']({})).toMatchObject({ state: 'missing', pairs: 0 });
    await expect(build()).rejects.toMatchObject({ code: 'DATASET_MISSING' });
    expect((await client['dataset.check']({})).map(({ state }) => state)).not.toContain('done');
  });

  it('is built, with progress', { timeout: 60_000 }, async () => {
    const events = await build({ source: join(folder, 'release') });
    expect(outcomesOf(events)).toMatchObject({
      import: 'done',
      convert: 'done',
      format: 'done',
      split: 'done',
    });
    expect(events.some((event) => event.kind === 'progress' && event.message.startsWith('convert: '))).toBe(
      true,
    );
    expect((await client['dataset.check']({})).every(({ state }) => state === 'done')).toBe(true);
  });

  it('is found and shown as the pipeline wrote it', async () => {
    expect(await client['dataset.status']({})).toMatchObject({
      state: 'ready',
      pairs: 4,
      bySource: { train_spider: 2, train_others: 1, dev: 1 },
      byOutcome: { verified: 3, 'verified-on-generated-rows': 1 },
    });
    const { items } = await client['dataset.search']({ text: 'count(*)', filters: { dbId: ['shop'] } });
    expect(items).toMatchObject([
      { id: 'train_spider:1', split: 'train', hardness: 'easy', outcome: 'verified' },
    ]);
    const example = await client['dataset.example']({ id: 'train_others:0' });
    expect(example).toMatchObject({ outcome: 'verified-on-generated-rows', split: 'train' });
    expect(example.prompt?.prompt).toContain('Which houses are in Elm Street?');
    expect(example.evidence?.answers.find(({ on }) => on === 'shipped')?.postgres?.rowCount).toBe(0);
    expect(example.evidence?.generated.length).toBeGreaterThan(0);
    const farm = (await client['dataset.databases']({})).find(({ dbId }) => dbId === 'farm');
    expect(farm).toMatchObject({ pairs: 1, sources: ['dev'] });
    expect((await client['dataset.schema']({ dbId: 'shop' })).postgres?.tables).toMatchObject([
      { name: 'item' },
    ]);
  });

  it('is proven again on demand', async () => {
    expect(await client['dataset.run']({ id: 'train_spider:0' })).toMatchObject({
      sqlite: { answer: { rows: [['1']] } },
      postgres: { answer: { rows: [['1']] } },
      isEqual: true,
    });
  });

  it.each([
    ['INVALID_INPUT', { id: 'dev:0', by: 'ann', why: 'To see.' }],
    ['NOT_FOUND', { id: 'dev:9', question: 'Why?', by: 'ann', why: 'To see.' }],
    ['SQL_NOT_READ_ONLY', { id: 'dev:0', sql: 'DROP TABLE cow', by: 'ann', why: 'To see.' }],
    ['SQL_EXECUTION', { id: 'dev:0', sql: 'SELECT milk FROM cow', by: 'ann', why: 'To see.' }],
  ])('takes no correction that is wrong: %s', async (code, draft) => {
    await expect(client['dataset.saveOverride'](draft)).rejects.toMatchObject({ code });
    expect(await client['dataset.overrides']({})).toEqual([]);
  });

  it('is corrected on top, and the next version says what changed', { timeout: 60_000 }, async () => {
    const draft = { id: 'train_spider:1', sql: 'SELECT count(id) FROM item', by: 'ann', why: 'Clearer.' };
    const saved = await client['dataset.saveOverride'](draft);
    expect(saved).toMatchObject({
      override: {
        ...draft,
        on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
        proof: { rows: 1, equalsGold: true },
      },
      original: { sql: 'SELECT count(*) FROM item' },
    });
    expect(await client['dataset.overrides']({})).toEqual([saved.override]);
    expect(await client['dataset.example']({ id: draft.id })).toMatchObject({
      sql: draft.sql,
      overrideApplied: false,
    });
    const before = (await client['dataset.versions']({})).find(({ isCurrent }) => isCurrent);
    expect(outcomesOf(await build())).toMatchObject({ convert: 'nothing-to-do', split: 'done' });
    expect(await client['dataset.example']({ id: draft.id })).toMatchObject({ overrideApplied: true });
    const after = (await client['dataset.versions']({})).find(({ isCurrent }) => isCurrent);
    expect(after?.inputs?.overrides).toBe(1);
    const diff = await client['dataset.diff']({ from: before?.version ?? '', to: after?.version ?? '' });
    expect(diff).toMatchObject({ counts: { added: 0, removed: 0, changed: 1, moved: 0 } });
    expect(diff.changed[0]).toMatchObject({
      id: draft.id,
      fields: { sql: { old: 'SELECT count(*) FROM item', new: draft.sql } },
    });
  });

  it('has a correction taken back', async () => {
    expect(await client['dataset.removeOverride']({ id: 'train_spider:1' })).toEqual({ removed: true });
    expect(await client['dataset.removeOverride']({ id: 'train_spider:1' })).toEqual({ removed: false });
    expect((await client['dataset.example']({ id: 'train_spider:1' })).override).toBeUndefined();
  });

  it('is built by a job, whose stages are its metrics', { timeout: 60_000 }, async () => {
    const stages = ['format', 'split'] as const;
    const started = await client['dataset.startBuild']({ stages: [...stages], force: true });
    expect(started).toMatchObject({ kind: 'dataset', title: 'Dataset: format, split, again' });
    const runs: unknown[] = [];
    const states = new Set<string>();
    for await (const event of client['jobs.watch']({ jobId: started.id })) {
      if (event.kind === 'metrics') runs.push(...event.metrics.map(({ value }) => value));
      if (event.kind === 'job') states.add(event.job.state);
    }
    expect(runs).toMatchObject(stages.map((stage) => ({ stage, outcome: 'done' })));
    expect([...states].at(-1)).toBe('succeeded');
    const { lines } = await client['jobs.log']({ jobId: started.id });
    expect(lines.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^split: done \(/));
  });

  it('has a job that fails with the reason', async () => {
    const { id } = await client['dataset.startBuild']({ source: join(folder, 'nowhere.zip') });
    await expect
      .poll(() => client['jobs.get']({ jobId: id }), { timeout: 10_000 })
      .toMatchObject({ state: 'failed', error: { code: 'DATASET_MISSING' }, canResume: true });
  });

  it('stops building when its stream is left', async () => {
    for await (const event of client['dataset.build']({ force: true })) {
      if (event.kind === 'progress') break;
    }
    // The lock is free again once the run has ended.
    await expect
      .poll(() => build({ stages: ['format', 'split'] }).then(outcomesOf, () => undefined), {
        timeout: 10_000,
      })
      .toMatchObject({
        split: expect.any(String) as string,
      });
  });
});
