import { describe, expect, test } from 'vitest';
import { viewSchema } from '../sql/sketch/index.ts';
import { shopSchema } from '../sql/sketch/testing/shop-schema.ts';
import { buildPrompt } from './build-prompt.ts';
import { collectDates, collectLiterals, collectNumbers } from './collect-literals.ts';
import { findHints } from './find-hints.ts';
import { splitName, splitQuestion, stemWord } from './question-words.ts';
import { maxPromptColumns } from './serialize-schema.ts';

const view = viewSchema(shopSchema);
const samples = [
  { table: 'client', column: 'city', values: ['New York', 'York', 'Rome'] },
  { table: 'order', column: 'status', values: ['shipped', 'Computer Info. Systems'] },
];
const hintsFor = (question: string) => findHints(view, splitQuestion(question), samples);

describe('a question as words', () => {
  test.each([
    ['How many clients?', 'how many clients ?'],
    ["Who's in “New York”, or O'Brien's?", `who's in " New York " , or O'Brien's ?`],
    ['USA orders over $1,000.50 on 2024-01-31.', 'USA orders over $ 1,000.50 on 2024-01-31 .'],
  ])('%s', (question, words) => {
    expect(splitQuestion(question).join(' ')).toBe(words);
  });

  test('names and words meet at their stems', () => {
    expect(['cities', 'boxes', 'orders', 'class', 'people'].map(stemWord)).toEqual([
      'city',
      'box',
      'order',
      'class',
      'person',
    ]);
    expect(splitName('orderItems_2')).toEqual(['order', 'item', '2']);
  });
});

describe('values that the question names', () => {
  test('the longest wins, without case or punctuation', () => {
    expect(hintsFor('clients in new york')).toEqual([
      { table: 'client', column: 'city', value: 'New York', start: 2, length: 2 },
    ]);
    expect(hintsFor('orders of computer info systems')).toEqual([
      { table: 'order_', column: 'status', value: 'Computer Info. Systems', start: 2, length: 3 },
    ]);
    expect(hintsFor('clients in Paris')).toEqual([]);
  });

  test('numbers in digits and words, scaled; months; dates', () => {
    expect(collectNumbers(splitQuestion('Top five over 2 million in March'))).toEqual([
      '5',
      '2000000',
      '2',
      '3',
      '1',
      '0',
    ]);
    expect(collectDates(splitQuestion('after March 5, 2024'))).toEqual(['2024-03-05']);
    expect(collectDates(splitQuestion('since March 2024 or in 2023'))).toEqual([
      '2024-03-01',
      '2023-01-01',
      '2023-12-31',
    ]);
  });

  test('a column with a hint takes its stored values, another the words of the question', () => {
    const words = splitQuestion('clients in rome named "the"');
    const literals = collectLiterals(words, hintsFor('clients in rome named "the"'));
    expect(literals.textFor('client', 'city')).toEqual(['Rome']);
    expect(literals.textFor('client', 'name')).toContain('the');
  });
});

describe('the prompt', () => {
  test('is one line: schema, question, links, values', () => {
    const question = 'How many orders are shipped?';
    const prompt = buildPrompt({ view, question, hints: hintsFor(question) });
    expect(prompt.text).toBe(
      'SCHEMA client ( id number key name text city text joined date active boolean ) ' +
        'order_ ( id number key client_id number > client placed date status text ) ' +
        'line ( id number key order_id number > order_ item_id number > item quantity number price number ) ' +
        'item ( id number key title text weight number ) ' +
        "QUESTION how many orders are shipped ? LINKS order_ VALUES order_ . status = ' shipped ' QUERY",
    );
  });

  test('of a schema too large keeps the linked tables and says which', () => {
    const [client] = shopSchema.tables;
    const many = Array.from({ length: 200 }, (_, index) => ({ ...client!, name: `noise_${index}` }));
    const large = viewSchema({ ...shopSchema, tables: [...many, ...shopSchema.tables] });
    const prompt = buildPrompt({ view: large, question: 'total quantity of lines per order', hints: [] });
    const words = prompt.tables.map((table) => table.word);
    expect(words).toEqual(expect.arrayContaining(['line', 'order_']));
    expect(prompt.tables.flatMap((table) => table.columns).length).toBeLessThanOrEqual(maxPromptColumns);
  });
});
