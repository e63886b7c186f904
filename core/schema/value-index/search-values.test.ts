import { describe, expect, test } from 'vitest';
import { splitQuestion } from '../question-words.ts';
import { buildValueIndex } from './build-value-index.ts';
import { countEdits } from './match-word.ts';
import { searchValues } from './search-values.ts';

const index = buildValueIndex([
  { table: 'customer', column: 'city', values: ['New York', 'York', 'Berlin', 'Zürich', 'Los Angeles'] },
  { table: 'country', column: 'name', values: ['United States of America', 'Italy', 'Japan', 'Germany'] },
  { table: 'country', column: 'code', values: ['US', 'IT', 'JP', 'DE'] },
  {
    table: 'product',
    column: 'category',
    values: ['Coffee', 'Computer Science', 'Customer Care', 'Database'],
  },
  { table: 'course', column: 'grade', values: ['A', 'B', 'F'] },
  { table: 'course', column: 'department', values: ['Comp. Sci.', 'Bio. Chem.'] },
  { table: 'student', column: 'sex', values: ['F', 'M'] },
  { table: 'student', column: 'home_state', values: ['CA', 'TX'] },
  { namespace: 'archive', table: 'customer', column: 'city', values: ['Berlin'] },
]);
const search = (question: string, isWord?: (word: string) => boolean) =>
  searchValues(index, splitQuestion(question), { isWord });
const valuesFor = (question: string) => search(question).map(({ value }) => value);

describe('values that a question names', () => {
  test.each([
    ['customers in berlin', 'Berlin'],
    ['customers in NEW YORK', 'New York'],
    ['customers in ny', 'New York'],
    ['customers in NY', 'New York'],
    ['customers in newyork', 'New York'],
    ['sales in L.A.', 'Los Angeles'],
    ['how much Coffe was sold', 'Coffee'],
    ['how much cofee was sold', 'Coffee'],
    ['customers from Berlni', 'Berlin'],
    ['customers of the united states', 'US'],
    ['customers of the united states', 'United States of America'],
    ['Italian customers', 'Italy'],
    ['japanese customers', 'Japan'],
    ['sales of Science books', 'Computer Science'],
    ['the data base category', 'Database'],
    ['students with grade A', 'A'],
    ['how many female students', 'F'],
    ['students of computer science', 'Comp. Sci.'],
    ['students from California', 'CA'],
    ['zürich customers', 'Zürich'],
  ])('%s → %s', (question, value) => {
    expect(valuesFor(question)).toContain(value);
  });

  test.each([
    'How many customers are there?',
    'What is a name of the city?',
    'list all categories',
    'which customer bought the most',
    'it is de facto us all',
  ])('nothing in: %s', (question) => {
    expect(search(question).filter(({ value }) => value !== 'US' && value !== 'DE')).toEqual([]);
  });

  test('an exact value comes first, and hides what lies inside it', () => {
    const found = search('customers in New York');
    expect(found[0]).toEqual({
      namespace: undefined,
      table: 'customer',
      column: 'city',
      value: 'New York',
      isExact: true,
      score: 1,
      start: 2,
      end: 4,
    });
    expect(found.map(({ value }) => value)).not.toContain('York');
  });

  test('a letter stands for the sex only where that is kept', () => {
    expect(search('how many female students').map(({ column, value }) => [column, value])).toEqual([
      ['sex', 'F'],
    ]);
  });

  test('one value in two columns is found in both', () => {
    expect(search('berlin').map(({ namespace, table }) => [namespace, table])).toEqual([
      [undefined, 'customer'],
      ['archive', 'customer'],
    ]);
  });

  test('a word of the language is no misspelling', () => {
    const folders = buildValueIndex([{ table: 'item', column: 'kind', values: ['Folder'] }]);
    const words = ['who', 'is', 'folde'];
    expect(searchValues(folders, words)).toHaveLength(1);
    expect(searchValues(folders, words, { isWord: (word) => word === 'folde' })).toEqual([]);
  });

  test('two letters are initials even where a list of words holds them', () => {
    const found = searchValues(index, ['customers', 'in', 'ny'], { isWord: () => true });
    expect(found.map(({ value }) => value)).toEqual(['New York']);
  });

  test('an empty index, an empty question', () => {
    expect(searchValues(buildValueIndex([]), ['berlin'])).toEqual([]);
    expect(searchValues(index, [])).toEqual([]);
  });
});

test.each([
  ['coffe', 'coffee', 1],
  ['berlni', 'berlin', 1],
  ['kitten', 'sitting', 3],
  ['abcd', 'wxyz', 4],
])('%s and %s are %i edits apart', (from, to, edits) => {
  expect(countEdits(from, to, 5)).toBe(edits);
  expect(countEdits(to, from, 5)).toBe(edits);
});
