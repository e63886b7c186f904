import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DatasetExample, Override, ProvenPair } from '../../contract/index.ts';
import { checkDataset } from '../check-dataset.ts';
import { formatExamples } from '../format/index.ts';
import { makePair, makeSchema, writeProcessed } from '../testing/small-spider.ts';
import { splitExamples } from './split-examples.ts';

const tables = { singer: ['id', 'name', 'age'] };
const schemas = ['school', 'band', 'choir', 'opera'].map((dbId) => makeSchema(dbId, tables));

const pairs: ProvenPair[] = [
  makePair('train_spider:0', 'school', {
    question: 'How many singers are there?',
    sql: 'SELECT count(*) FROM singer',
  }),
  makePair('train_spider:1', 'school', {
    question: 'Which name?',
    sql: 'SELECT name, min(age) FROM singer GROUP BY name, id',
    sqliteSql: 'SELECT name, min(age) FROM singer GROUP BY name',
  }),
  makePair('dev:0', 'band', { question: 'how many singer are there', sql: 'SELECT count(*) FROM singer' }),
  makePair('dev:1', 'choir', { question: 'Show the ages.', sql: 'SELECT age FROM singer' }),
  makePair('dev:2', 'opera', {
    question: 'Show the oldest.',
    sql: 'SELECT name FROM singer ORDER BY age DESC LIMIT 1',
    outcome: 'nondeterministic',
    reasonClass: 'tie',
  }),
];

describe('splits', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-split-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const readText = (name: string) => readFile(join(folder, name), 'utf8');
  const read = async (split: string) =>
    (await readText(`${split}_postgres.jsonl`))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as DatasetExample);

  async function make(given = pairs, overrides: Override[] = []) {
    await writeProcessed(folder, schemas, given);
    await formatExamples({ processedDir: folder, overrides });
    return splitExamples({ processedDir: folder, overrides });
  }

  test('train is what Spider trains on, val and test are the halves of its dev', async () => {
    const report = await make();
    const [train, dev, val, held] = await Promise.all(['train', 'dev', 'val', 'test'].map(read));
    expect(train?.map(({ id }) => id)).toEqual(['train_spider:0', 'train_spider:1']);
    expect(dev?.map(({ id }) => id)).toEqual(['dev:0', 'dev:1']);
    expect([...(val ?? []), ...(held ?? [])].map(({ id }) => id).toSorted()).toEqual(['dev:0', 'dev:1']);
    expect(report.splits.dev).toMatchObject({
      examples: 2,
      hardness: { easy: 2 },
      outcomes: { verified: 2 },
    });
    expect(report.databases.train).toEqual(['school']);
    expect(val?.every(({ split }) => split === 'val')).toBe(true);
  });

  test('hardness is that of the published query, not of what the rewriting adds', async () => {
    await make();
    // With `GROUP BY name, id` it would count a second grouped column.
    expect((await read('train'))[1]).toMatchObject({ hardness: 'medium', equality: 'strict' });
  });

  test('near-duplicate questions are listed across splits and stay', async () => {
    const report = await make();
    expect(report.nearDuplicates).toMatchObject([
      { ids: ['train_spider:0', 'dev:0'], similarity: 1, sameSkeleton: true },
    ]);
    expect(report.duplicates.heldOutWithTwinInTrain).toBe(1);
    expect(JSON.parse(await readText('split_report.json'))).toEqual(report);
  });

  test('a corrected SQL comes with its provenance and its own proof, not with that of the published one', async () => {
    const provenance = { by: 'A', why: 'b', on: '2026-01-31' };
    const proof = { rows: 2, equalsGold: false, of: '' };
    const override = { id: 'dev:1', sql: 'SELECT DISTINCT age FROM singer', proof, ...provenance };
    const asked = { id: 'dev:0', question: 'How many?', ...provenance };
    const report = await make(pairs, [override, asked]);
    const [other, corrected] = await read('dev');
    expect(corrected).toMatchObject({ sql: override.sql, override });
    expect(corrected).not.toHaveProperty('outcome');
    expect(corrected).not.toHaveProperty('equality');
    expect(other).toMatchObject({ outcome: 'verified', equality: 'strict', override: asked });
    expect(report.splits.dev.outcomes).toEqual({ corrected: 1, verified: 1 });
  });

  test('the halves do not change when a pair becomes usable', async () => {
    const before = await make();
    const mended = pairs.map((pair): ProvenPair => ({ ...pair, outcome: 'verified' }));
    const after = await make(mended);
    for (const dbId of before.databases.val) expect(after.databases.val).toContain(dbId);
    for (const dbId of before.databases.test) expect(after.databases.test).toContain(dbId);
  });

  test('a database in train and in dev is refused, and so is what was formatted from other pairs', async () => {
    const shared = [
      ...pairs,
      makePair('dev:3', 'school', { question: 'Ages?', sql: 'SELECT age FROM singer' }),
    ];
    await expect(make(shared)).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
    await make();
    await writeProcessed(folder, schemas, pairs.slice(1));
    await expect(splitExamples({ processedDir: folder })).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
  });

  test('the same input gives the same bytes', async () => {
    const names = ['train_postgres.jsonl', 'val_postgres.jsonl', 'split_report.json', 'train_mistral.jsonl'];
    await make();
    const before = await Promise.all(names.map(readText));
    await make();
    expect(await Promise.all(names.map(readText))).toEqual(before);
  });

  describe('the check of what was written', () => {
    test('finds nothing where all is well', async () => {
      await make();
      expect(await checkDataset(folder)).toMatchObject({
        problems: [],
        examples: { 'train_postgres.jsonl': 2 },
      });
    });

    const change = async (name: string, edit: (example: DatasetExample) => Partial<DatasetExample>) => {
      await make();
      const lines = (await readText(name)).trimEnd().split('\n');
      const [first, ...others] = lines.map((line) => JSON.parse(line) as DatasetExample);
      if (first === undefined) throw new Error('The file is empty.');
      const changed = [{ ...first, ...edit(first) }, ...others];
      await writeFile(join(folder, name), changed.map((line) => `${JSON.stringify(line)}\n`).join(''));
      return (await checkDataset(folder)).problems.map(({ file, problem }) => `${file}: ${problem}`);
    };

    test.each<[string, string, (example: DatasetExample) => Partial<DatasetExample>]>([
      [
        'its prompt inserts rows',
        'train_postgres.jsonl',
        ({ prompt }) => ({ prompt: prompt.replace('\n\nQ', "\nINSERT INTO singer VALUES ('Joe');\n\nQ") }),
      ],
      [
        'its schema holds what is no name: Joe',
        'train_postgres.jsonl',
        ({ prompt }) => ({ prompt: prompt.replace('name text', 'name text -- Joe') }),
      ],
      [
        'its completion lacks its one end',
        'train_postgres.jsonl',
        ({ completion }) => ({ completion: completion.replace('</s>', '') }),
      ],
      ['its prompt has another number of tokens', 'test_postgres.jsonl', () => ({ promptTokens: 17 })],
      ['its completion is not its SQL and the end', 'test_postgres.jsonl', () => ({ sql: 'SELECT 2' })],
      ['the database school is in two splits', 'test_postgres.jsonl', () => ({ dbId: 'school' })],
      ['it says that it is in train', 'val_postgres.jsonl', () => ({ split: 'train' })],
      [
        'it is missing or another in the files of the splits',
        'train_mistral.jsonl',
        ({ prompt }) => ({ prompt: `<s>${prompt}` }),
      ],
    ])('says: %s', async (problem, name, edit) => {
      expect((await change(name, edit)).join('\n')).toContain(problem);
    });

    test('a file that is missing or cut short is named', async () => {
      await make();
      await writeFile(join(folder, 'val_postgres.jsonl'), '{"id": "dev:0", "spl');
      await expect(checkDataset(folder)).rejects.toMatchObject({
        code: 'DATASET_CORRUPT',
        message: expect.stringContaining('val_postgres.jsonl') as string,
      });
      await rm(join(folder, 'val_postgres.jsonl'));
      await expect(checkDataset(folder)).rejects.toMatchObject({ code: 'DATASET_MISSING' });
    });
  });
});
