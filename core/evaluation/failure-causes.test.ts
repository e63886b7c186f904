import { expect, it } from 'vitest';
import type { DatabaseSchema, FailureCause, Outcome } from '../contract/index.ts';
import { readNames, readQuery } from './components/index.ts';
import { findCauses } from './failure-causes.ts';

const tables = {
  singer: ['singer_id', 'name', 'age', 'country'],
  concert: ['concert_id', 'singer_id', 'year', 'name'],
  stadium: ['stadium_id', 'name', 'capacity'],
};
const schema: DatabaseSchema = {
  database: 'music',
  serverVersion: '18',
  searchPath: ['public'],
  tables: Object.entries(tables).map(([name, columns]) => ({
    namespace: 'public',
    name,
    kind: 'table' as const,
    columns: columns.map((column) => ({ name: column, type: 'text', nullable: true })),
    primaryKey: [],
    foreignKeys: [],
  })),
};
const names = readNames(schema);

async function causes(gold: string, predicted: string, outcome: Outcome = 'succeeded') {
  const written = await readQuery(predicted, names).catch(() => undefined);
  return findCauses(await readQuery(gold, names), written, outcome);
}

const joined = 'SELECT s.name FROM singer AS s JOIN concert AS c ON c.singer_id = s.singer_id';

it.each<[FailureCause, string, string]>([
  ['wrong-table', 'SELECT name FROM singer', 'SELECT name FROM stadium'],
  ['wrong-table', 'SELECT name FROM singer', joined],
  ['missing-join', joined, 'SELECT name FROM singer'],
  ['wrong-join', joined, joined.replace('c.singer_id', 'c.concert_id')],
  ['wrong-join', joined, joined.replace('JOIN', 'LEFT JOIN')],
  ['wrong-column', 'SELECT name FROM singer', 'SELECT country FROM singer'],
  ['wrong-column', 'SELECT name FROM singer ORDER BY age', 'SELECT name, age FROM singer ORDER BY age'],
  ['wrong-aggregate', 'SELECT avg(age) FROM singer', 'SELECT sum(age) FROM singer'],
  ['wrong-aggregate', 'SELECT count(*) FROM singer', 'SELECT * FROM singer'],
  [
    'wrong-nesting',
    'SELECT name FROM singer EXCEPT SELECT name FROM concert',
    'SELECT name FROM singer UNION SELECT name FROM concert',
  ],
  ['wrong-condition', 'SELECT name FROM singer WHERE age > 3', 'SELECT name FROM singer WHERE age < 3'],
  [
    'wrong-condition',
    'SELECT name FROM singer WHERE age > 3 AND age < 9',
    'SELECT name FROM singer WHERE age > 3 OR age < 9',
  ],
  [
    'wrong-value',
    "SELECT name FROM singer WHERE country = 'France'",
    "SELECT name FROM singer WHERE country = 'french'",
  ],
  [
    'wrong-grouping',
    'SELECT count(name) FROM singer GROUP BY country, name',
    'SELECT count(name) FROM singer GROUP BY name, country, name',
  ],
  ['wrong-order', 'SELECT name FROM singer ORDER BY age', 'SELECT name FROM singer ORDER BY age DESC'],
  [
    'wrong-order',
    'SELECT name FROM singer ORDER BY age LIMIT 1',
    'SELECT name FROM singer ORDER BY age LIMIT 3',
  ],
  ['wrong-distinct', 'SELECT DISTINCT name FROM singer', 'SELECT name FROM singer'],
  ['wrong-distinct', 'SELECT count(DISTINCT name) FROM singer', 'SELECT count(name) FROM singer'],
  ['other', 'SELECT name FROM singer WHERE age - 1 > 2', 'SELECT name FROM singer WHERE 1 - age > 2'],
])('%s: %s against %s', async (cause, gold, predicted) => {
  expect((await causes(gold, predicted))[0]).toBe(cause);
});

it('all that apply come after the primary one', async () => {
  const found = await causes(
    "SELECT name FROM singer WHERE country = 'France' ORDER BY age",
    "SELECT country FROM singer WHERE country <> 'Spain'",
  );
  expect(found).toEqual(['wrong-column', 'wrong-condition', 'wrong-value', 'wrong-order']);
});

it.each<[Outcome, FailureCause]>([
  ['not-answerable', 'abstained'],
  ['refused', 'refused'],
  ['timed-out', 'timeout'],
  ['invalid', 'syntax'],
  ['failed', 'syntax'],
])('%s is %s, before what differs', async (outcome, cause) => {
  expect(await causes('SELECT name FROM singer', '', outcome)).toEqual([cause]);
  expect(await causes('SELECT name FROM singer', 'SELECT age FROM singer', outcome)).toEqual([
    cause,
    'wrong-column',
  ]);
});

it('a join in place of a sub-query is no other column and no other join', async () => {
  const found = await causes(
    'SELECT name FROM singer WHERE singer_id IN (SELECT singer_id FROM concert)',
    'SELECT s.name FROM singer AS s JOIN concert AS c ON c.singer_id = s.singer_id',
  );
  expect(found).toEqual(['wrong-nesting', 'wrong-condition']);
});

it('columns that only a wrong table has are not told twice', async () => {
  expect(
    await causes('SELECT name FROM singer WHERE age > 1', 'SELECT name FROM stadium WHERE capacity > 1'),
  ).not.toContain('wrong-condition');
});
