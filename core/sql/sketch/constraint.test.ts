import { describe, expect, test } from 'vitest';
import { parseStatements } from '../index.ts';
import {
  createSketchConstraint,
  expandSketch,
  viewSchema,
  type LiteralChoices,
  type SketchState,
} from './index.ts';
import { shopSchema } from './testing/shop-schema.ts';

const view = viewSchema(shopSchema);
const literals: LiteralChoices = {
  textFor: (table, column) =>
    column === 'city' ? ['New York', 'New Delhi'] : table === 'item' ? [] : ['Ann'],
  patterns: ['ann'],
  numbers: ['3', '5'],
  dates: ['2024-01-01'],
};
const constraint = createSketchConstraint(view, literals);

function follow(text: string): SketchState {
  let state = constraint.start();
  for (const word of text.split(' ')) state = constraint.advance(state, word);
  return state;
}

const wordsAfter = (text: string) => constraint.allowed(follow(text)).words;

describe('what may follow', () => {
  test('only tables of the schema, then only those that keys reach', () => {
    expect(constraint.allowed(constraint.start()).words).toEqual(['from']);
    expect(wordsAfter('from')).toEqual(['client', 'order_', 'line', 'item']);
    expect(wordsAfter('from client ,')).toEqual(['order_', 'line', 'item']);
  });

  test('only columns of the tables in FROM', () => {
    expect(wordsAfter('from client select')).toContain('city');
    expect(wordsAfter('from client select')).not.toContain('title');
    expect(wordsAfter('from client , order_ select order_ .')).toEqual([
      'id',
      'client_id',
      'placed',
      'status',
    ]);
  });

  test('only literals that the question or the database holds, by the column', () => {
    expect(wordsAfter("from client select name where city = ' New")).toEqual(['York', 'Delhi']);
    expect(wordsAfter('from item select title where weight >')).toEqual(['3', '5', '(']);
    expect(wordsAfter('from item select weight where title =')).toEqual(['(']);
    expect(wordsAfter('from item select weight where title')).not.toContain('>');
  });

  test('nobody sums a key or averages a text', () => {
    expect(wordsAfter('from order_ select')).not.toContain('sum');
    expect(wordsAfter('from line select sum (')).toEqual(['quantity', 'price']);
  });

  test('a set operation selects as many items on its right', () => {
    const left = 'from client select name , city except from client select name';
    expect(wordsAfter(left)).toEqual([',']);
    expect(constraint.allowed(follow(`${left} , city`)).end).toBe(true);
    expect(wordsAfter('from client select name except from client select name')).not.toContain(',');
  });

  test('a scalar subquery selects one aggregate, or a column of its first row', () => {
    const select = 'from line select id where price > ( from line select';
    const aggregates = ['count', 'sum', 'avg', 'min', 'max'];
    expect(wordsAfter(select).filter((word) => aggregates.includes(word))).toEqual(aggregates);
    const top = `${select} price`;
    expect(wordsAfter(top)).not.toContain(')');
    expect(wordsAfter(`${top} order quantity desc`)).toContain('limit');
    expect(wordsAfter(`${top} order quantity desc limit`)).toEqual(['1']);
    expect(wordsAfter(`${top} order quantity desc limit 1`)).toEqual([')']);
  });
});

/** A fixed pseudo-random walk, so that a failure can be repeated. */
function walk(seed: number): string[] {
  const words: string[] = [];
  let state = constraint.start();
  let random = seed;
  for (let step = 0; step < 400; step++) {
    const { words: allowed, end } = constraint.allowed(state);
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    if (end && (allowed.length === 0 || random % 3 === 0)) return words;
    const word = allowed[(random >>> 8) % allowed.length];
    if (word === undefined) throw new Error(`Dead end after: ${words.join(' ')}`);
    words.push(word);
    state = constraint.advance(state, word);
  }
  return [];
}

test('a thousand random walks never reach a dead end, and what they write parses', async () => {
  let finished = 0;
  for (let seed = 1; seed <= 1000; seed++) {
    const words = walk(seed * 7919);
    if (words.length === 0) continue;
    finished++;
    expect(await parseStatements(expandSketch(words, view)), words.join(' ')).toHaveLength(1);
  }
  expect(finished).toBeGreaterThan(900);
});
