import { describe, expect, test } from 'vitest';
import type { Cell, QueryResult } from '../contract/index.ts';
import { equalResults } from './compare-results.ts';

function result(types: string[], rows: Cell[][], truncated = false): QueryResult {
  const columns = types.map((type, index) => ({ name: `c${index}`, type }));
  return { columns, rows, rowCount: rows.length, truncated, durationMs: 1 };
}

const any = { ordered: false };
const ordered = { ordered: true };

describe('equalResults', () => {
  test('the same rows in another order are equal only where the order does not count', () => {
    const gold = result(['integer'], [[1], [2], [3]]);
    const predicted = result(['integer'], [[3], [1], [2]]);
    expect(equalResults(gold, predicted, any)).toBe(true);
    expect(equalResults(gold, predicted, ordered)).toBe(false);
  });

  test('an ORDER BY that was dropped or reversed is seen through permuted columns', () => {
    const gold = result(
      ['text', 'integer'],
      [
        ['a', 1],
        ['b', 2],
      ],
    );
    const reversed = result(
      ['integer', 'text'],
      [
        [2, 'b'],
        [1, 'a'],
      ],
    );
    const same = result(
      ['integer', 'text'],
      [
        [1, 'a'],
        [2, 'b'],
      ],
    );
    expect(equalResults(gold, reversed, ordered)).toBe(false);
    expect(equalResults(gold, same, ordered)).toBe(true);
    expect(equalResults(gold, reversed, any)).toBe(true);
  });

  test('a dropped DISTINCT is wrong: duplicate rows count', () => {
    const gold = result(['text'], [['x'], ['y']]);
    expect(equalResults(gold, result(['text'], [['x'], ['y'], ['y']]), any)).toBe(false);
    const twice = result(['text'], [['x'], ['x'], ['y']]);
    expect(equalResults(twice, result(['text'], [['x'], ['y'], ['y']]), any)).toBe(false);
    expect(equalResults(twice, result(['text'], [['y'], ['x'], ['x']]), any)).toBe(true);
  });

  test('empty equals empty of as many columns, and nothing else', () => {
    expect(equalResults(result(['text'], []), result(['integer'], []), any)).toBe(true);
    expect(equalResults(result(['text'], []), result(['text', 'text'], []), any)).toBe(false);
    expect(equalResults(result(['text'], []), result(['text'], [[null]]), any)).toBe(false);
  });

  test('NULL equals NULL alone', () => {
    expect(equalResults(result(['text'], [[null]]), result(['integer'], [[null]]), any)).toBe(true);
    for (const [type, cell] of [
      ['text', ''],
      ['integer', 0],
      ['text', 'null'],
      ['boolean', false],
    ] as const) {
      expect(equalResults(result(['text'], [[null]]), result([type], [[cell]]), any)).toBe(false);
    }
  });

  test('numbers are equal by value, whatever their type or scale', () => {
    const one = result(['integer'], [[1]]);
    for (const [type, cell] of [
      ['numeric', '1.0'],
      ['bigint', '1'],
      ['double precision', 1],
      ['numeric(10,2)', '1.00'],
    ] as const) {
      expect(equalResults(one, result([type], [[cell]]), any), type).toBe(true);
    }
    const third = result(['numeric'], [['0.33333333333333333333']]);
    expect(equalResults(third, result(['double precision'], [[1 / 3]]), any)).toBe(true);
    expect(equalResults(third, result(['numeric'], [['0.3333']]), any)).toBe(false);
    expect(equalResults(one, result(['text'], [['1']]), any)).toBe(false);
  });

  test('neighbouring 64-bit integers differ', () => {
    const gold = result(['bigint'], [['9223372036854775807']]);
    expect(equalResults(gold, result(['bigint'], [['9223372036854775806']]), any)).toBe(false);
    expect(equalResults(gold, result(['numeric'], [['9223372036854775807']]), any)).toBe(true);
  });

  test('columns may be permuted as wholes, not row by row', () => {
    const gold = result(
      ['integer', 'integer'],
      [
        [1, 2],
        [3, 4],
      ],
    );
    expect(
      equalResults(
        gold,
        result(
          ['integer', 'integer'],
          [
            [2, 1],
            [4, 3],
          ],
        ),
        any,
      ),
    ).toBe(true);
    expect(
      equalResults(
        gold,
        result(
          ['integer', 'integer'],
          [
            [2, 1],
            [3, 4],
          ],
        ),
        any,
      ),
    ).toBe(false);
    expect(
      equalResults(
        gold,
        result(
          ['integer', 'integer'],
          [
            [1, 4],
            [3, 2],
          ],
        ),
        any,
      ),
    ).toBe(false);
  });

  test('a missing or an extra column is wrong', () => {
    const gold = result(['text', 'integer'], [['a', 1]]);
    expect(equalResults(gold, result(['text'], [['a']]), any)).toBe(false);
    expect(equalResults(gold, result(['text', 'integer', 'integer'], [['a', 1, 1]]), any)).toBe(false);
  });

  test('many alike columns are matched without trying every order', () => {
    const width = 12;
    const types = Array.from({ length: width }, () => 'integer');
    const rows = Array.from({ length: 50 }, (_, row) =>
      types.map((_type, column) => (row * (column + 3)) % 7),
    );
    const turned = rows.map((row) => row.toReversed());
    expect(equalResults(result(types, rows), result(types, turned), any)).toBe(true);
    const last = turned.at(-1);
    if (last) last[0] = 99;
    expect(equalResults(result(types, rows), result(types, turned), any)).toBe(false);
    const flat = [...types.slice(1).map(() => 1), 1];
    const rise = [flat.with(11, 5), flat.with(11, 6)];
    const shuffled = [flat.with(0, 5).with(1, 1), flat.with(0, 1).with(1, 6)];
    expect(equalResults(result(types, rise), result(types, shuffled), any)).toBe(false);
  });

  test('a truncated result equals nothing', () => {
    expect(equalResults(result(['integer'], [[1]], true), result(['integer'], [[1]]), any)).toBe(false);
  });
});
