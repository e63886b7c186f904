import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TrainingData } from '../../contract/index.ts';
import { shopSchema } from '../../sql/sketch/testing/shop-schema.ts';
import { buildData, writeData, type DataDeps } from './build-data.ts';
import { chooseHeldBack, repeatByWeight } from './divide-examples.ts';
import type { SourceExample } from './source-example.ts';

let folder: string;
const { signal } = new AbortController();

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'training-data-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const example = (number: number, question = `question ${number}`): SourceExample => ({
  ...{ id: `e${number}`, question, prompt: `prompt ${number}`, completion: 'c' },
});
const many = Array.from({ length: 200 }, (_, at) => example(at));

function write(name: string, lines: object[]): string {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

const deps = (verified: SourceExample[] = []): DataDeps => ({
  datasetDir: folder,
  readVerified: async () => ({ examples: verified, leftOut: [] }),
  readForbidden: async () => ({ questions: ['How many customers are there?'], dbIds: ['concert_singer'] }),
});
const build = (data: Partial<TrainingData>, verified?: SourceExample[]) =>
  buildData({ sources: [], validationShare: 0.1, ...data }, 'sql', deps(verified), signal);

it('a held-back question stays held back when others come, with all its examples', () => {
  const few = chooseHeldBack(many.slice(0, 100), 0.2);
  const all = chooseHeldBack(many, 0.2);
  expect(few.size).toBeGreaterThan(8);
  expect(few.size).toBeLessThan(35);
  expect([...few].filter((one) => !all.has(one))).toEqual([]);
  const twice = [example(1, 'Which city?'), example(2, 'which CITY'), example(3, 'another')];
  const [held] = [chooseHeldBack(twice, 0.4)];
  expect(held.has(twice[0] as SourceExample)).toBe(held.has(twice[1] as SourceExample));
});

it('of two questions one is held back, of one none, and something is left to learn', () => {
  expect(chooseHeldBack([example(1), example(2)], 0.01).size).toBe(1);
  expect(chooseHeldBack([example(1)], 0.5).size).toBe(0);
  expect(chooseHeldBack([example(1), example(2)], 0.5).size).toBe(1);
  expect(chooseHeldBack(many, 0).size).toBe(0);
});

it('a weight repeats examples, the same ones every time', () => {
  expect(repeatByWeight(many, 3)).toHaveLength(600);
  const half = repeatByWeight(many, 0.5);
  expect(half.length).toBeGreaterThan(70);
  expect(half.length).toBeLessThan(130);
  expect(repeatByWeight(many, 0.5)).toEqual(half);
  expect(new Set(repeatByWeight(many, 1.5)).size).toBe(200);
});

it('what an evaluation asks is never learned, nor its databases', async () => {
  const path = write('lines.jsonl', [
    { question: 'how many CUSTOMERS are there', prompt: 'p1', completion: 'c' },
    { prompt: '[INST] x\n\nQuestion: How many customers are there? [/INST]', completion: 'c' },
    { dbId: 'concert_singer', question: 'anything', prompt: 'p3', completion: 'c' },
    { question: 'what may be learned', prompt: 'p4', completion: 'c' },
  ]);
  const built = await build({ sources: [{ kind: 'file', path, weight: 1 }], validationShare: 0 });
  expect(built.train.map(({ prompt }) => prompt)).toEqual(['p4']);
  expect(built.sources[0]?.leftOut.map(({ reason }) => reason)).toEqual(
    Array(3).fill('it is asked in an evaluation'),
  );
});

it('verified examples of another database may ask what a demo question asks', async () => {
  const verified = [example(1, 'How many customers are there?')];
  const own = await build({ sources: [{ kind: 'verified', connectionId: 'mine', weight: 1 }] }, verified);
  expect(own.train).toHaveLength(1);
  const demo = await build(
    { sources: [{ kind: 'verified', connectionId: 'demo:ecommerce', weight: 1 }] },
    verified,
  );
  expect(demo.train).toHaveLength(0);
});

it('Spider brings its own validation, and a version is read from its folder', async () => {
  const line = (split: string, id: string) => ({
    ...{ id, split, dbId: 'farm', question: `question ${id}`, sql: 'SELECT 1', prompt: id, completion: 'c' },
  });
  await import('node:fs').then(({ mkdirSync }) => {
    mkdirSync(join(folder, 'processed'));
    mkdirSync(join(folder, 'versions', 'abc'), { recursive: true });
  });
  write('processed/train_postgres.jsonl', [line('train', 'a'), line('train', 'b')]);
  write('processed/val_postgres.jsonl', [{ ...line('val', 'v'), dbId: 'concert_singer' }]);
  write('versions/abc/examples.jsonl', [line('train', 'a'), line('val', 'v'), line('test', 't')]);
  const built = await build({ sources: [{ kind: 'spider', weight: 2 }] });
  expect(built.train.map(({ id }) => id)).toEqual(['a', 'a', 'b', 'b']);
  expect(built.validation.map(({ id }) => id)).toEqual(['v']);
  const version = await build({ sources: [{ kind: 'spider', version: 'abc', weight: 1 }] });
  expect(version).toMatchObject({ train: [{ id: 'a' }], validation: [{ id: 'v' }] });
  await expect(build({ sources: [{ kind: 'spider', version: 'none', weight: 1 }] })).rejects.toMatchObject({
    code: 'DATASET_MISSING',
  });
});

it('Spider’s pairs for a base that writes sketches are learned, held back, or left out with the reason', async () => {
  const line = (id: string, question: string, sql: string) => ({
    ...{ id, dbId: 'shop', question, sql, prompt: id, completion: 'c' },
  });
  mkdirSync(join(folder, 'processed', 'postgres_schemas'), { recursive: true });
  mkdirSync(join(folder, 'processed', 'samples'));
  write('processed/train_postgres.jsonl', [
    line('a', 'How many clients are there?', 'SELECT count(*) FROM client'),
    line('b', 'What is one?', 'SELECT 1'),
    line('c', 'Who lives where nobody says?', "SELECT name FROM client WHERE city = 'Rome'"),
  ]);
  write('processed/val_postgres.jsonl', [
    line('v', 'How many items are there?', 'SELECT count(*) FROM item'),
  ]);
  writeFileSync(join(folder, 'processed', 'postgres_schemas', 'shop.json'), JSON.stringify(shopSchema));
  writeFileSync(join(folder, 'processed', 'samples', 'shop.json'), '[]');
  const data = { sources: [{ kind: 'spider' as const, weight: 1 }], validationShare: 0 };
  const built = await buildData(data, 'sketch', deps(), signal);
  expect(built.train.map(({ prompt }) => prompt)).toEqual([expect.stringMatching(/how many clients/i)]);
  expect(built.validation.map(({ prompt }) => prompt)).toEqual([expect.stringMatching(/how many items/i)]);
  const leftOut = built.sources[0]?.leftOut.map(({ question, reason }) => [question, reason]);
  expect(leftOut?.toSorted()).toEqual([
    ['What is one?', expect.any(String)],
    ['Who lives where nobody says?', expect.any(String)],
  ]);
});

it('only Spider’s own examples say which database they can be executed on', async () => {
  const path = write('own.jsonl', [{ dbId: 'mine', prompt: 'p', completion: 'c' }]);
  const built = await build({ sources: [{ kind: 'file', path, weight: 1 }], validationShare: 0 });
  const spider = { id: 'v', dbId: 'farm', split: 'val' as const, prompt: 'q', completion: 'd' };
  mkdirSync(join(folder, 'data'));
  await writeData({ ...built, validation: [spider] }, folder, new AbortController().signal);
  const [train, validation] = ['train', 'val'].map((name) =>
    JSON.parse(readFileSync(join(folder, 'data', `${name}.jsonl`), 'utf8')),
  );
  expect(train).not.toHaveProperty('dbId');
  expect(validation).toHaveProperty('dbId', 'farm');
});

it('a broken line is named', async () => {
  const path = write('broken.jsonl', [{ prompt: 'p', completion: 'c' }, { prompt: 'p' }]);
  await expect(build({ sources: [{ kind: 'file', path, weight: 1 }] })).rejects.toThrow(
    /line 2, has no prompt/,
  );
});
