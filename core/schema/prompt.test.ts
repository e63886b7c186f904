import { describe, expect, test } from 'vitest';
import { viewSchema } from '../sql/sketch/index.ts';
import { shopSchema } from '../sql/sketch/testing/shop-schema.ts';
import { collectDates, collectNumbers } from './collect-literals.ts';
import { findValueHints } from './find-value-hints.ts';
import { buildPointerPrompt } from './pointer-prompt.ts';
import { splitName, splitQuestion, stemWord } from './question-words.ts';
import { maxPromptColumns } from './choose-prompt-tables.ts';
import { buildValueIndex } from './value-index/build-value-index.ts';

const view = viewSchema(shopSchema);
const samples = [
  { table: 'client', column: 'city', values: ['New York', 'York', 'Rome'] },
  { table: 'order', column: 'status', values: ['shipped', 'Computer Info. Systems'] },
];
const values = buildValueIndex(samples);
const hintsFor = (question: string) => findValueHints(view, splitQuestion(question), values);
const promptFor = (question: string) => buildPointerPrompt({ view, question, hints: hintsFor(question) });
/** The question's part of the prompt. */
const asked = (question: string) => promptFor(question).text.split(' | ')[1]?.replace(/ \|$/, '');

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
    expect(hintsFor('clients in new york')[0]).toMatchObject({
      ...{ table: 'client', column: 'city', value: 'New York', start: 2, length: 2, isExact: true },
    });
    expect(hintsFor('orders of computer info systems')[0]).toMatchObject({
      ...{ table: 'order_', column: 'status', value: 'Computer Info. Systems', start: 2, length: 3 },
    });
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
});

describe('the prompt', () => {
  const schemaText =
    'Ta client Ca id n key Cb name t Cc city t Cd joined d Ce active b ' +
    'Tb order Cf id n key Cg client id n > Ta Ch placed d Ci status t ' +
    'Tc line Cj id n key Ck order id n > Tb Cl item id n > Td Cm quantity n Cn price n ' +
    'Td item Co id n key Cp title t Cq weight n';

  test('is one line: the schema, then the question with what its words may mean', () => {
    expect(promptFor('How many orders are shipped?').text).toBe(
      `${schemaText} | how many orders : Tb are value Va : Ci ? |`,
    );
  });

  test.each([
    ['Which customers live in New York?', 'which customers ? Ta live ? Ce in value Va : Cc ?'],
    ['What is the heaviest item?', 'what is the heaviest ? Cq item : Td ?'],
    ['Clients who joined after 2023', 'clients : Ta who joined : Cd after year Na Da Db'],
    ['Items over 2 million kg', 'items : Td over number Na kg'],
    ['Orders of "Bob Smith"', 'orders : Tb of value Va Vb Vc'],
  ])('%s', (question, text) => {
    expect(asked(question)?.replaceAll('value Vb value Vc', 'Vb Vc')).toBe(text);
  });

  test('pointers are read back as the column stores them, or as the question says', () => {
    const { values: read } = promptFor('orders of clients in rome after 2023');
    const city = { kind: 'column', table: 'Ta', column: 'Cc' } as const;
    const name = { kind: 'column', table: 'Ta', column: 'Cb' } as const;
    expect(read.literalOf('Va', city, '=')).toEqual({ kind: 'text', value: 'Rome' });
    expect(read.literalOf('Va', city, 'contains')).toEqual({ kind: 'text', value: 'rome' });
    expect(read.literalOf('Va', name, '=')).toEqual({ kind: 'text', value: 'rome' });
    expect(read.literalOf('Na', { kind: 'column', table: 'Td', column: 'Cq' }, '>')).toEqual({
      ...{ kind: 'number', value: '2023' },
    });
    expect(read.literalOf('Na', name, '=')).toEqual({ kind: 'text', value: '2023' });
    expect(read.literalOf('Db', { kind: 'column', table: 'Ta', column: 'Cd' }, '<=')).toEqual({
      ...{ kind: 'text', value: '2023-12-31' },
    });
  });

  test('of a schema too large keeps the linked tables and says which', () => {
    const [client] = shopSchema.tables;
    const many = Array.from({ length: 200 }, (_, index) => ({ ...client!, name: `noise_${index}` }));
    const large = viewSchema({ ...shopSchema, tables: [...many, ...shopSchema.tables] });
    const question = 'total quantity of lines per order';
    const { view: kept } = buildPointerPrompt({ view: large, question, hints: [] });
    const names = kept.tables.map(({ table }) => table.name);
    expect(names).toEqual(expect.arrayContaining(['line', 'order']));
    expect(kept.tables.flatMap((table) => table.columns).length).toBeLessThanOrEqual(maxPromptColumns);
  });
});
