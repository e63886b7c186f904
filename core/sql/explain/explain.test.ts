import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { explainQuery } from './explain-query.ts';

const read = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

/** `-- title`, then the text up to the next one. */
function casesOf(text: string): Map<string, string> {
  const parts = text.split(/^-- (.+)$/m).slice(1);
  return new Map(parts.flatMap((title, at) => (at % 2 === 0 ? [[title, (parts[at + 1] ?? '').trim()]] : [])));
}

async function wordsOf(sql: string): Promise<string> {
  const lines = await explainQuery(sql);
  return lines.map(({ depth, text }) => `${'  '.repeat(depth)}${text}`).join('\n');
}

describe('a query in words', () => {
  const expected = casesOf(read('words.txt'));
  const queries = casesOf(read('queries.sql'));
  it('has words for each query', () => expect([...expected.keys()]).toEqual([...queries.keys()]));
  test.each([...queries])('%s', async (title, sql) => {
    expect(await wordsOf(sql)).toBe(expected.get(title));
  });
});

/** Every analytic query that the guard is tested with must have words, and each line a text. */
test('every query of the analytic fixtures is explained', async () => {
  const text = readFileSync(new URL('../fixtures/analytic-queries.sql', import.meta.url), 'utf8');
  const queries = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('--'));
  expect(queries.length).toBeGreaterThan(100);
  for (const sql of queries) {
    const words = await wordsOf(sql);
    expect(words, sql).not.toMatch(/undefined|\[object/);
    expect(words.length, sql).toBeGreaterThan(7);
  }
});

test('what is no single query is refused', async () => {
  await expect(explainQuery('DELETE FROM t')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(explainQuery('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(explainQuery('SELEC 1')).rejects.toMatchObject({ code: 'SQL_SYNTAX' });
});
