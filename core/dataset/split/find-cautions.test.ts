import { describe, expect, test } from 'vitest';
import type { DatabaseSchema, ProvenPair } from '../../contract/index.ts';
import { makePair, makeSchema } from '../testing/small-spider.ts';
import { findCautions } from './find-cautions.ts';

const made = makeSchema('kennel', { dog: ['name', 'age', 'weight', 'born'], visit: ['dog', 'cost', 'day'] });
const types: Record<string, string> = {
  weight: 'double precision',
  born: 'date',
  cost: 'numeric',
  day: 'date',
};
const schema: DatabaseSchema = {
  ...made,
  tables: made.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, type: types[column.name] ?? 'text' })),
  })),
};
const samples = [
  { table: 'dog', column: 'name', values: ['Rex', '7'] },
  { table: 'dog', column: 'age', values: ['6', '10.5', '-1'] },
];

const find = (sql: string, proof: Partial<ProvenPair> = {}) => {
  const pair = makePair('dev:0', 'kennel', { question: 'Which?', sql, ...proof });
  return findCautions({ pair, question: pair.question, sql }, schema, samples);
};

describe('cautions', () => {
  test.each([
    ["SELECT name FROM dog WHERE weight::text = 'null'", ['cast-of-column']],
    ["SELECT name FROM dog WHERE weight::text IN ('', 'null')", ['cast-of-column']],
    ['SELECT max(age) FROM dog', ['number-in-text']],
    ["SELECT name FROM dog AS d WHERE d.age < '3'", ['number-in-text']],
    ["SELECT name FROM dog WHERE age BETWEEN '1' AND '3'", ['number-in-text']],
    ['SELECT name FROM dog ORDER BY age DESC LIMIT 1', ['number-in-text']],
    ['SELECT avg(age::numeric) FROM dog', ['number-in-text']],
    ["SELECT sum(CAST('0' || substring(age FROM '^[0-9]*') AS numeric)) FROM dog", ['number-in-text']],
    ['SELECT avg(EXTRACT(YEAR FROM born)) FROM dog', ['year-of-date']],
  ])('%s: %j', async (sql, cautions) => {
    expect(await find(sql)).toEqual(cautions);
  });

  test.each([
    'SELECT max(weight), min(name), count(age) FROM dog',
    "SELECT name FROM dog WHERE age = '3' OR name > 'R' ORDER BY name",
    'SELECT cost::integer, cost::text FROM visit ORDER BY day',
    'SELECT EXTRACT(YEAR FROM born), avg(EXTRACT(MONTH FROM born)), avg(weight) FROM dog GROUP BY 1',
  ])('none: %s', async (sql) => {
    expect(await find(sql)).toEqual([]);
  });

  test('come from the proof, too, unless the SQL is a correction', async () => {
    const proof = { informative: { shipped: false, generated: false }, textsAsNull: true };
    const sql = 'SELECT max(age) FROM dog';
    expect(await find(sql, proof)).toEqual(['vacuous', 'texts-as-null', 'number-in-text']);
    const pair = makePair('dev:0', 'kennel', { question: 'Which?', sql, ...proof });
    const override = { id: 'dev:0', sql: 'SELECT 1', by: 'Ada', why: 'No.', on: '2026-01-31' };
    expect(await findCautions({ pair, question: '', sql: 'SELECT 1', override }, schema, samples)).toEqual(
      [],
    );
  });
});
