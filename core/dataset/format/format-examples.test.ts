import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DatabaseSchema, Override, ProvenPair } from '../../contract/index.ts';
import { buildChatPrompt, maxChatTokens } from '../../schema/index.ts';
import { makePair, makeSchema, writeProcessed } from '../testing/small-spider.ts';
import { formatExamples } from './format-examples.ts';
import type { FormattedExample } from './formatted-example.ts';

const shop = makeSchema('shop', { client: ['id', 'city'], sale: ['id', 'client_id', 'total'] });
const pairs = [
  makePair('train_spider:0', 'shop', { question: 'How many clients?', sql: 'SELECT count(*) FROM client' }),
  makePair('train_others:0', 'shop', {
    question: 'Which cities?',
    sql: 'SELECT city FROM client',
    outcome: 'verified-on-generated-rows',
  }),
  makePair('train_spider:1', 'shop', {
    question: 'Any city?',
    sql: 'SELECT city FROM client LIMIT 1',
    outcome: 'nondeterministic',
    reasonClass: 'tie',
  }),
  makePair('dev:0', 'shop', { question: 'All cities?', sql: 'SELECT city FROM client' }),
  makePair('dev:1', 'shop', { question: 'Gone?', sql: '', outcome: 'failed', reasonClass: 'gold-fails' }),
];

describe('examples for Mistral', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-format-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function format(
    schema: DatabaseSchema,
    given: ProvenPair[],
    overrides: Override[] = [],
  ): Promise<{
    report: Awaited<ReturnType<typeof formatExamples>>;
    train: FormattedExample[];
    dev: FormattedExample[];
  }> {
    await writeProcessed(folder, [schema], given);
    const report = await formatExamples({ processedDir: folder, overrides });
    const read = async (name: string) =>
      (await readFile(join(folder, name), 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as FormattedExample);
    return { report, train: await read('train_mistral.jsonl'), dev: await read('dev_mistral.jsonl') };
  }

  test('proven pairs become prompt and completion, the others a line of the report', async () => {
    const { report, train, dev } = await format(shop, pairs);
    expect(train.map(({ id }) => id)).toEqual(['train_spider:0', 'train_others:0']);
    expect(dev.map(({ id }) => id)).toEqual(['dev:0']);
    expect(train[0]).toMatchObject({
      dbId: 'shop',
      prompt: buildChatPrompt({ schema: shop, question: 'How many clients?' }).chatText,
      completion: ' SELECT count(*) FROM client</s>',
      completionTokens: 8,
    });
    expect(train[0]).not.toHaveProperty('linkedTables');
    expect(report.leftOut).toEqual({
      'failed: gold-fails': { count: 1, ids: ['dev:1'] },
      'nondeterministic: tie': { count: 1, ids: ['train_spider:1'] },
    });
    expect(report.files['train_mistral.jsonl']?.examples).toBe(2);
    expect(JSON.parse(await readFile(join(folder, 'format_report.json'), 'utf8'))).toEqual(report);
  });

  const provenance = { by: 'A. Person', why: 'the tie is broken', on: '2026-01-31' };
  const proof = { rows: 1, equalsGold: false, of: '' };

  test('a correction is applied on top; what it corrects need not be proven', async () => {
    const { report, train } = await format(shop, pairs, [
      {
        ...{ id: 'train_spider:1', sql: 'SELECT city FROM client ORDER BY city, id LIMIT 1', proof },
        ...provenance,
      },
      { id: 'train_spider:0', question: 'How many clients are there?', ...provenance },
    ]);
    expect(train.map(({ id }) => id)).toEqual(['train_spider:0', 'train_others:0', 'train_spider:1']);
    expect(train[0]?.prompt).toContain('Question: How many clients are there? [/INST]');
    expect(train[2]?.completion).toBe(' SELECT city FROM client ORDER BY city, id LIMIT 1</s>');
    expect(report.overrides).toEqual({ applied: ['train_spider:0', 'train_spider:1'] });
  });

  test.each<[string, Override]>([
    ['train_spider:99 has no example', { id: 'train_spider:99', question: 'Why?', ...provenance }],
    ['train_spider:0 has no proof of its SQL', { id: 'train_spider:0', sql: 'SELECT 1', ...provenance }],
  ])('nothing is written where the override of %s', async (what, override) => {
    await expect(format(shop, pairs, [override])).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: `The override of ${what}.`,
    });
  });

  test('a schema beyond the limit is cut down to what question and answer need', async () => {
    const wide = Array.from({ length: 30 }, (_, table) => [
      `filler_${table}`,
      Array.from({ length: 15 }, (_, column) => `unrelated_column_${table}_${column}`),
    ]);
    const schema = makeSchema('shop', {
      ...(Object.fromEntries(wide) as Record<string, string[]>),
      client: ['id', 'city'],
      hidden: ['id', ...Array.from({ length: 15 }, (_, column) => `another_hidden_column_${column}`)],
    });
    const question = 'Which city has the most?';
    const sql = 'SELECT city FROM client JOIN hidden ON client.id = hidden.id';
    const both = [
      makePair('train_spider:0', 'shop', { question, sql }),
      makePair('dev:0', 'shop', { question, sql }),
    ];
    const { report, train, dev } = await format(schema, both);
    expect(train[0]?.linkedTables).toEqual(expect.arrayContaining(['client', 'hidden']));
    expect(train[0]?.prompt).toContain('CREATE TABLE hidden');
    // What is held out is linked by its question alone, as a user's is.
    expect(dev[0]?.linkedTables).toContain('client');
    expect(dev[0]?.linkedTables).not.toContain('hidden');
    expect(report.linkedDown).toEqual({ byDatabase: { shop: 2 }, withoutNeededTable: ['dev:0'] });
    for (const { promptTokens, completionTokens } of [...train, ...dev]) {
      expect(1 + promptTokens + completionTokens).toBeLessThanOrEqual(maxChatTokens);
      expect(promptTokens).toBeGreaterThan(maxChatTokens / 2);
    }
  });

  test('what fits in no way is left out, not cut', async () => {
    const columns = Array.from({ length: 400 }, (_, column) => `a_rather_long_column_${column}`);
    const schema = makeSchema('shop', { client: columns });
    const { report, train } = await format(schema, pairs.slice(0, 1));
    expect(train).toEqual([]);
    expect(report.leftOut['too long with a single table']?.ids).toEqual(['train_spider:0']);
    expect(report.cutOff).toBe(0);
  });

  test('a missing or damaged input names its file', async () => {
    await expect(formatExamples({ processedDir: folder })).rejects.toMatchObject({ code: 'DATASET_MISSING' });
    await writeProcessed(folder, [], pairs);
    await expect(formatExamples({ processedDir: folder })).rejects.toMatchObject({
      code: 'DATASET_MISSING',
      message: expect.stringContaining('shop.json') as string,
    });
  });
});
