import { appendFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openUnitStore } from './unit-store.ts';
import type { DatabaseUnit } from './convert-database.ts';
import type { UnitStore } from './unit-store.ts';

let folder: string;
let store: UnitStore;
let evidenceBytes: string;

const unit: DatabaseUnit = {
  dbId: 'shop',
  pairs: [],
  schema: {
    database: 'shop',
    serverVersion: '18',
    schemas: [],
    tables: [],
  } as unknown as DatabaseUnit['schema'],
  samples: [],
  load: {
    dbId: 'shop',
    tables: 1,
    rows: 2,
    primaryKeysNotDeclared: [],
    foreignKeysNotDeclared: [],
    othersNotDeclared: [],
    cellsNulled: [],
  },
  evidence: [
    { sqliteSql: 'SELECT 2', sql: 'SELECT 2', answers: [{ on: 'shipped' }], generated: [] },
    { sqliteSql: 'SELECT 1', sql: 'SELECT 1', answers: [{ on: 'shipped' }], generated: [] },
  ],
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-units-'));
  store = await openUnitStore(folder);
  await store.write(unit, 'key');
  evidenceBytes = await readFile(store.evidenceFileOf('shop'), 'utf8');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const unitFile = () => join(folder, 'shop.json');
const answersFile = () => store.evidenceFileOf('shop');

it('gives back what was written, for its key alone, and its evidence in order', async () => {
  const { evidence, ...rest } = unit;
  expect(await store.read('shop', 'key')).toEqual(rest);
  expect(await store.read('shop', 'another key')).toBeUndefined();
  expect(await store.read('farm', 'key')).toBeUndefined();
  const lines = evidenceBytes.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(evidence.toReversed());
});

describe('what is damaged counts as not kept, and can be written again:', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a unit that is cut short', () => truncate(unitFile(), 90)],
    ['a unit that is empty', () => truncate(unitFile(), 0)],
    ['a unit of which one digit is another', () => replaceIn(unitFile(), '"rows":2', '"rows":3')],
    ['a unit with more behind it', () => appendFile(unitFile(), '\n')],
    ['a unit in the form of an earlier version', () => writeFile(unitFile(), '{"key":"key","unit":{}}')],
    ['a folder in the place of the unit', () => putFolder(unitFile())],
    ['answers that are gone', () => rm(answersFile())],
    ['answers that are cut short', () => truncate(answersFile(), 20)],
    ['answers that are empty', () => truncate(answersFile(), 0)],
    ['answers that are garbage', () => writeFile(answersFile(), 'garbage\n')],
    ['answers with garbage behind them', () => appendFile(answersFile(), 'garbage\n')],
    ['answers that are valid and others', () => replaceIn(answersFile(), 'SELECT 2', 'SELECT 3')],
    ['a folder in the place of the answers', () => putFolder(answersFile())],
  ])('%s', async (_what, damage) => {
    await damage();
    expect(await store.read('shop', 'key')).toBeUndefined();
    await store.write(unit, 'key');
    expect(await store.read('shop', 'key')).toMatchObject({ dbId: 'shop' });
    expect(await readFile(answersFile(), 'utf8')).toBe(evidenceBytes);
  });
});

async function replaceIn(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
}

async function putFolder(file: string): Promise<void> {
  await rm(file);
  await mkdir(join(file, 'within'), { recursive: true });
}
