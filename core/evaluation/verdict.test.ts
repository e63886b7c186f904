import { expect, it } from 'vitest';
import type { Answer, Cell, QueryResult } from '../contract/index.ts';
import type { QueryDatabase } from '../generation/index.ts';
import { shopSchema } from '../generation/testing/shop-schema.ts';
import { judgeAnswer } from './verdict.ts';

const context = { signal: new AbortController().signal };
const unasked = () => Promise.reject(new Error('not reached'));
const database: QueryDatabase = { readRows: unasked, runReadOnly: unasked, explain: unasked };

function result(rows: Cell[][], truncated = false): QueryResult {
  const columns = (rows[0] ?? []).map((_, index) => ({ name: `c${index}`, type: 'integer' }));
  return { columns, rows, rowCount: rows.length, truncated, durationMs: 1 };
}

function judge(answer: Partial<Answer>, gold: QueryResult | undefined = result([[1]])) {
  const sql = 'SELECT count(*) FROM customers';
  const whole = { sql, outcome: 'succeeded', ...answer } as const;
  return judgeAnswer({ sql, ordered: false, result: gold }, whole, shopSchema, database, context);
}

it('the right rows are right, whatever the statement', async () => {
  expect(await judge({ result: result([[1]]) })).toEqual({ correct: true, exactMatch: true, causes: [] });
  const other = await judge({ sql: 'SELECT 1', result: result([[1]]) });
  expect(other).toEqual({ correct: true, exactMatch: false, causes: [] });
});

it.each([
  [result([[1, 2]]), '2 columns instead of 1.'],
  [result([[1], [1]]), '2 rows instead of 1.'],
  [result([[1]], true), 'More than 1 rows instead of 1.'],
])('says how wrong rows differ', async (rows, message) => {
  expect(await judge({ result: rows })).toMatchObject({ correct: false, message, causes: ['other'] });
});

it.each([
  ['not-answerable', '', 'abstained'],
  ['invalid', '', 'abstained'],
  ['invalid', 'SELECT FROM WHERE', 'syntax'],
  ['refused', 'DELETE FROM customers', 'refused'],
  ['timed-out', 'SELECT count(*) FROM customers', 'timeout'],
] as const)('%s with %j is %s', async (outcome, sql, cause) => {
  const verdict = await judge({ outcome, sql, message: 'Why.' });
  expect(verdict).toMatchObject({ correct: false, message: 'Why.' });
  expect(verdict.causes[0]).toBe(cause);
});

it('no answer is right where the gold SQL does not run', async () => {
  const gold = { sql: 'SELECT', ordered: false, result: undefined };
  const answer = { sql: 'SELECT 1', outcome: 'succeeded', result: result([[1]]) } as const;
  expect(await judgeAnswer(gold, answer, shopSchema, database, context)).toMatchObject({ correct: false });
});
