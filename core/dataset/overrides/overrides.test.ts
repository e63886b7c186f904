import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type Override } from '../../contract/index.ts';
import { makePair, makeSchema, writeProcessed } from '../testing/small-spider.ts';
import {
  checkOverride,
  findAuthor,
  findPair,
  mergeOverride,
  readOverrides,
  removeOverride,
  saveOverride,
  settleOverrides,
} from './index.ts';

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
    [JSON.stringify({ id: 'dev:1', sql: 'SELECT 1' }), 'has no by'],
    [JSON.stringify({ ...makeOverride('dev:1'), on: 'yesterday' }), 'has a date in on that is none'],
    [JSON.stringify({ id: 'dev:1', ...provenance }), 'replaces neither the question nor the SQL'],
    [JSON.stringify({ ...makeOverride('dev:1'), question: ' ' }), 'has a blank question'],
    [JSON.stringify({ ...makeOverride('dev:1'), sql: 7 }), 'has a sql of another kind'],
    [JSON.stringify({ ...makeOverride('dev:1'), history: [{ sql: 'SELECT 1' }] }), 'has no history.0.by'],
    ['[]', 'is no object with an id'],
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
  it.each([
    [' SELECT 1 ;\n', 'SELECT 1'],
    ['select Count(*)  from   singer -- hi', 'SELECT count(*) FROM singer'],
    [
      "SELECT /* all */ name\nFROM singer s WHERE name != '--'",
      "SELECT name FROM singer AS s WHERE name <> '--'",
    ],
  ])('has its SQL written as the conversion writes: %s', async (sql, written) => {
    expect(await checkOverride(makeOverride('dev:1', { sql }))).toMatchObject({ sql: written });
    expect(await checkOverride(makeOverride('dev:1', { sql: written }))).toMatchObject({ sql: written });
  });

  it('is refused in plain words', async () => {
    const refusal = (change: Partial<Override>) =>
      checkOverride(makeOverride('dev:1', change)).catch((error: Error) => error.message);
    expect(await refusal({ question: '  ' })).toBe('The override has a blank question.');
    expect(await refusal({ sql: '' })).toBe('The override has a blank sql.');
    expect(await refusal({ on: '31.1.' })).toBe('The override has a date in on that is none.');
  });

  it.each<[string, Override, string]>([
    ['replaces nothing', { id: 'dev:1', ...provenance }, 'INVALID_INPUT'],
    ['asks nothing', makeOverride('dev:1', { question: ' \n' }), 'INVALID_INPUT'],
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

describe('a second correction of an example', () => {
  const ada = makeOverride('dev:1', { proof: { rows: 1, equalsGold: true, of: 'x' } });
  const question = { id: 'dev:1', question: 'Which?', by: 'Bob', why: 'Unclear.', on: '2026-02-01' };

  it('keeps what it does not give, with its proof and whose it is', () => {
    const merged = mergeOverride(ada, question);
    expect(merged).toEqual({
      ...question,
      sql: ada.sql,
      proof: ada.proof,
      history: [{ sql: ada.sql, ...provenance }],
    });
    expect([findAuthor(merged, 'sql')?.by, findAuthor(merged, 'question')?.by]).toEqual(['Ada', 'Bob']);
  });

  it('replaces what it gives, without the proof of the other SQL; the history tells all', () => {
    const cy = { id: 'dev:1', sql: 'SELECT 2', by: 'Cy', why: 'No.', on: '2026-02-02' };
    const { id: _id, ...bob } = question;
    const merged = mergeOverride(mergeOverride(ada, question), cy);
    expect(merged).toEqual({
      ...cy,
      question: 'Which?',
      history: [{ sql: ada.sql, ...provenance }, bob],
    });
    expect([findAuthor(merged, 'sql')?.by, findAuthor(merged, 'question')?.by]).toEqual(['Cy', 'Bob']);
  });
});

describe('corrections written by hand', () => {
  const pairs = [makePair('dev:0', 'shop', { question: 'How many?', sql: 'SELECT count(*) FROM item' })];
  let asked: string[];
  const settle = (type = 'id') => {
    asked = [];
    return writeProcessed(folder, [makeSchema('shop', { item: [type] })], pairs).then(() =>
      settleOverrides({
        overridesFile: file,
        processedDir: folder,
        prove: ({ sql }) => {
          asked.push(sql);
          if (!sql.includes('nope')) return Promise.resolve({ rows: 3, equalsGold: false });
          return Promise.reject(new AppError('SQL_EXECUTION', 'PostgreSQL refuses it.', { hint: 'See.' }));
        },
      }),
    );
  };
  const write = (...overrides: Override[]) =>
    writeFile(file, overrides.map((override) => `${JSON.stringify(override)}\n`).join(''));

  it('are printed and proven once, and again when the SQL or the schema is another', async () => {
    await write(makeOverride('dev:0', { sql: 'select id from item -- all' }));
    await settle();
    const [settled] = await readOverrides(file);
    expect(settled).toMatchObject({ sql: 'SELECT id FROM item', proof: { rows: 3, equalsGold: false } });
    const before = await readFile(file, 'utf8');
    await settle();
    expect([asked, await readFile(file, 'utf8')]).toEqual([[], before]);
    await settle('number');
    expect(asked).toEqual(['SELECT id FROM item']);
    await writeFile(file, before.replace('SELECT id', 'SELECT max(id)'));
    await settle();
    expect(asked).toEqual(['SELECT max(id) FROM item']);
  });

  it.each<[string, Override, string]>([
    ['of no example', makeOverride('dev:77777'), 'dev:77777: There is no such example.'],
    [
      'that write',
      makeOverride('dev:0', { sql: 'DELETE FROM item' }),
      'dev:0: DELETE is not a read-only query.',
    ],
    [
      'that PostgreSQL refuses',
      makeOverride('dev:0', { sql: 'SELECT nope FROM item' }),
      'dev:0: PostgreSQL refuses it.',
    ],
  ])('%s are named with file, line and id, and stay', async (_what, override, message) => {
    await write(override);
    const before = await readFile(file, 'utf8');
    await expect(settle()).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: `${file}, line 1, ${message}`,
      hint: expect.any(String) as string,
    });
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});
