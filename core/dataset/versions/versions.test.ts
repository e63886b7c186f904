import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetExample } from '../../contract/index.ts';
import { createVersion, diffVersions, listVersions, readVersion } from './index.ts';

let folder: string;
let processedDir: string;
let versionsDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-versions-'));
  processedDir = join(folder, 'processed');
  versionsDir = join(folder, 'versions');
  await mkdir(processedDir);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function makeExample(
  id: string,
  split: DatasetExample['split'],
  change: Partial<DatasetExample> = {},
): DatasetExample {
  return {
    id,
    split,
    dbId: 'shop',
    question: `How many? (${id})`,
    sql: 'SELECT count(*) FROM item',
    sqliteSql: 'SELECT count(*) FROM Item',
    hardness: 'easy',
    outcome: 'verified',
    equality: 'strict',
    prompt: '<s>[INST] … [/INST]',
    completion: ' SELECT count(*) FROM item</s>',
    promptTokens: 12,
    completionTokens: 8,
    ...change,
  };
}

const base = [
  makeExample('train_spider:0', 'train'),
  makeExample('train_spider:10', 'train'),
  makeExample('train_spider:9', 'train'),
  makeExample('dev:0', 'val'),
  makeExample('dev:1', 'test'),
];

/** Writes the splits and makes a version of them. */
async function make(examples: DatasetExample[], overrides = 0): Promise<string> {
  for (const split of ['train', 'val', 'test']) {
    const own = examples.filter((example) => example.split === split);
    const lines = own.map((example) => `${JSON.stringify(example)}\n`);
    await writeFile(join(processedDir, `${split}_postgres.jsonl`), lines.join(''));
  }
  return createVersion({ processedDir, versionsDir, inputs: { tokenizer: 'mistral', overrides } });
}

describe('a version', () => {
  it('is named by its content: not by the order of lines or keys, nor by what it was made from', async () => {
    const version = await make(base);
    const shuffled = base.toReversed().map((example) => {
      const entries = Object.entries(example).reverse();
      return Object.fromEntries(entries) as unknown as DatasetExample;
    });
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(await make(shuffled, 3)).toBe(version);
    expect(await readdir(versionsDir)).toEqual([version]);
    expect(
      await make([...base.slice(1), makeExample('train_spider:0', 'train', { sql: 'SELECT 1' })]),
    ).not.toBe(version);
  });

  it('holds every example in order, and says what it was made from', async () => {
    const version = await make(base);
    const read = await readVersion(versionsDir, version);
    expect([...read.keys()]).toEqual([
      'train_spider:0',
      'train_spider:9',
      'train_spider:10',
      'dev:0',
      'dev:1',
    ]);
    expect(read.get('dev:0')).toEqual(base[3]);
    expect(await listVersions(versionsDir)).toEqual([
      {
        version,
        manifest: {
          version,
          sha256: expect.stringMatching(new RegExp(`^${version}`)) as string,
          examples: { train: 3, val: 1, test: 1 },
          inputs: { tokenizer: 'mistral', overrides: 0 },
        },
      },
    ]);
  });

  it('is plain lines whose bytes have the hash that names it: nothing of a machine is in them', async () => {
    const version = await make(base);
    const bytes = await readFile(join(versionsDir, version, 'examples.jsonl'));
    const { sha256 } = JSON.parse(await readFile(join(versionsDir, version, 'manifest.json'), 'utf8')) as {
      sha256: string;
    };
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    const lines = bytes.toString().trimEnd().split('\n');
    expect(lines).toHaveLength(base.length);
    expect(lines[0]).toMatch(/^\{"completion":.*"id":"train_spider:0"/);
  });

  it('keeps a line whose text holds separators that others take for its end', async () => {
    const question = 'One\u2028two\u2029three\nfour\r\nfive\u0085six';
    const version = await make([...base, makeExample('dev:2', 'test', { question })]);
    expect((await readVersion(versionsDir, version)).get('dev:2')?.question).toBe(question);
  });

  it('is made again where it was damaged, and left alone where it is whole', async () => {
    const version = await make(base);
    const file = join(versionsDir, version, 'examples.jsonl');
    const before = await readFile(file);
    await writeFile(file, before.subarray(0, -9));
    expect(await make(base)).toBe(version);
    expect(await readFile(file)).toEqual(before);
    expect((await readdir(versionsDir)).filter((name) => name.includes('.'))).toEqual([]);
  });

  it('names the split that is missing or damaged, and leaves nothing', async () => {
    await make(base);
    await rm(versionsDir, { recursive: true });
    await writeFile(join(processedDir, 'val_postgres.jsonl'), '{"id": "dev:0", "spl');
    const create = () => createVersion({ processedDir, versionsDir, inputs: { overrides: 0 } });
    await expect(create()).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringMatching(/val_postgres\.jsonl, line 1, is not an example\.$/) as string,
    });
    await rm(join(processedDir, 'val_postgres.jsonl'));
    await expect(create()).rejects.toMatchObject({ code: 'DATASET_MISSING' });
    expect(existsSync(versionsDir)).toBe(false);
  });
});

describe('the difference of two versions', () => {
  it('tells what was added, removed, changed field by field, and moved', async () => {
    const from = await make(base);
    const override = { id: 'dev:1', sql: 'SELECT 2', by: 'Ada', why: 'wrong', on: '2026-01-31' };
    const to = await make([
      makeExample('train_spider:0', 'train'),
      makeExample('train_spider:9', 'val'),
      makeExample('train_spider:11', 'train'),
      makeExample('dev:0', 'val'),
      makeExample('dev:1', 'test', { sql: 'SELECT 2', override }),
    ]);
    const diff = await diffVersions(versionsDir, [from.slice(0, 8), to.slice(0, 8)]);
    expect(diff).toMatchObject({ from, to, unchanged: 2 });
    expect(diff.added.map(({ id }) => id)).toEqual(['train_spider:11']);
    expect(diff.removed.map(({ id }) => id)).toEqual(['train_spider:10']);
    expect(diff.moved).toEqual([{ id: 'train_spider:9', from: 'train', to: 'val' }]);
    expect(diff.changed).toEqual([
      {
        id: 'dev:1',
        fields: {
          sql: { old: 'SELECT count(*) FROM item', new: 'SELECT 2' },
          override: { old: null, new: override },
        },
      },
    ]);
  });

  it('is empty between a version and itself', async () => {
    const version = await make(base);
    expect(await diffVersions(versionsDir, [version, version])).toMatchObject({
      added: [],
      removed: [],
      changed: [],
      moved: [],
      unchanged: 5,
    });
  });

  it('says which version does not exist', async () => {
    const version = await make(base);
    const other = version.startsWith('0') ? '1' : '0';
    await expect(diffVersions(versionsDir, [version, other])).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `There is no version ${other}.`,
    });
  });

  it.each<[string, (folder: string) => Promise<void>, RegExp]>([
    [
      'a manifest that is cut short',
      (at) => writeFile(join(at, 'manifest.json'), '{"ver'),
      /manifest\.json cannot be read/,
    ],
    ['examples that are gone', (at) => rm(join(at, 'examples.jsonl')), /examples\.jsonl cannot be read/],
    [
      'examples that are others',
      (at) => writeFile(join(at, 'examples.jsonl'), 'text'),
      /examples\.jsonl does not have the hash of its version/,
    ],
    [
      'examples that were cut short',
      async (at) => {
        const file = join(at, 'examples.jsonl');
        await writeFile(file, (await readFile(file)).subarray(0, 200));
      },
      /examples\.jsonl does not have the hash of its version/,
    ],
  ])('says which file is damaged: %s', async (_what, damage, message) => {
    const version = await make(base);
    await damage(join(versionsDir, version));
    await expect(diffVersions(versionsDir, [version, version])).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringMatching(message) as string,
      hint: expect.stringContaining('data all') as string,
    });
  });

  it('does not take the examples of another version for its own', async () => {
    const [one, two] = [await make(base), await make(base.slice(1))];
    const file = (version: string) => join(versionsDir, version, 'examples.jsonl');
    await writeFile(file(one), await readFile(file(two)));
    await expect(diffVersions(versionsDir, [one, two])).rejects.toThrow(
      'does not have the hash of its version',
    );
  });
});
