import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Override } from '../../contract/index.ts';
import { checkOverride, findPair, readOverrides, removeOverride, saveOverride } from './index.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-overrides-'));
  file = join(folder, 'overrides.jsonl');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const provenance = { by: 'Ada', why: 'It counts rows, not kinds.', on: '2026-01-31' };
const makeOverride = (id: string, change: Partial<Override> = {}): Override => ({
  id,
  sql: 'SELECT count(DISTINCT kind) FROM item',
  ...provenance,
  ...change,
});

describe('the file of overrides', () => {
  it('need not exist', async () => {
    expect(await readOverrides(file)).toEqual([]);
    expect(await removeOverride(file, 'dev:1')).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });

  it('has one correction for an example, sorted, the last one said', async () => {
    await saveOverride(file, makeOverride('dev:10'));
    await saveOverride(file, makeOverride('dev:9'));
    await saveOverride(file, makeOverride('dev:10', { question: 'How many kinds?' }));
    expect(await readOverrides(file)).toEqual([
      makeOverride('dev:9'),
      makeOverride('dev:10', { question: 'How many kinds?' }),
    ]);
    expect(await removeOverride(file, 'dev:9')).toBe(true);
    expect((await readOverrides(file)).map(({ id }) => id)).toEqual(['dev:10']);
    expect(await readdir(folder)).toEqual(['overrides.jsonl']);
  });

  it.each([
    ['{"id": "dev:1", "sql"', 'is not JSON'],
    [JSON.stringify({ id: 'dev:1', sql: 'SELECT 1' }), 'is no override: by'],
    [JSON.stringify({ ...makeOverride('dev:1'), on: 'yesterday' }), 'is no override: on'],
    [JSON.stringify({ id: 'dev:1', ...provenance }), 'replaces neither the question nor the SQL'],
    [JSON.stringify(makeOverride('dev:0')), 'corrects dev:0, as line 1 does'],
  ])('names the file and the line: %s', async (line, message) => {
    await writeFile(file, `${JSON.stringify(makeOverride('dev:0'))}\n\n${line}\n`);
    const before = await readFile(file, 'utf8');
    await expect(readOverrides(file)).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringContaining(`${file}, line 3, ${message}`) as string,
    });
    await expect(saveOverride(file, makeOverride('dev:5'))).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
    });
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});

describe('an override', () => {
  it('keeps its SQL without the semicolon', async () => {
    expect(await checkOverride(makeOverride('dev:1', { sql: ' SELECT 1 ;\n' }))).toMatchObject({
      sql: 'SELECT 1',
    });
  });

  it.each<[string, Override, string]>([
    ['replaces nothing', { id: 'dev:1', ...provenance }, 'INVALID_INPUT'],
    ['names nobody', makeOverride('dev:1', { by: '' }), 'INVALID_INPUT'],
    ['has no date', makeOverride('dev:1', { on: '31.1.2026' }), 'INVALID_INPUT'],
    ['is no SQL', makeOverride('dev:1', { sql: 'SELEC 1' }), 'SQL_SYNTAX'],
    ['writes', makeOverride('dev:1', { sql: 'DELETE FROM item' }), 'SQL_NOT_READ_ONLY'],
    ['is two statements', makeOverride('dev:1', { sql: 'SELECT 1; SELECT 2' }), 'SQL_NOT_READ_ONLY'],
    ['explains', makeOverride('dev:1', { sql: 'EXPLAIN SELECT 1' }), 'SQL_NOT_READ_ONLY'],
    ['reads files', makeOverride('dev:1', { sql: "SELECT pg_read_file('x')" }), 'SQL_NOT_READ_ONLY'],
  ])('is refused where it %s', async (_what, override, code) => {
    await expect(checkOverride(override)).rejects.toMatchObject({ code });
  });
});

describe('the example to correct', () => {
  it('is found by its id, or the error says what an id is', async () => {
    const pairsFile = join(folder, 'pairs.jsonl');
    const pair = {
      id: 'dev:1',
      split: 'dev',
      index: 1,
      dbId: 'shop',
      question: 'Is "id":"dev:2" here?',
      sqliteSql: 'SELECT 1',
      sql: 'SELECT 1',
      outcome: 'verified',
      informative: { shipped: true, generated: false },
    };
    await writeFile(
      pairsFile,
      `${JSON.stringify({ ...pair, id: 'dev:0', index: 0 })}\n${JSON.stringify(pair)}\n`,
    );
    expect(await findPair(pairsFile, 'dev:1')).toEqual(pair);
    await expect(findPair(pairsFile, 'dev:2')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no example dev:2.',
    });
    await expect(findPair(join(folder, 'absent.jsonl'), 'dev:1')).rejects.toMatchObject({
      code: 'DATASET_MISSING',
    });
  });
});
