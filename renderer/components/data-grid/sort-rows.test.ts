import { expect, it } from 'vitest';
import type { Cell } from '../../../core/contract/index.ts';
import { nextSort, sortRows } from './sort-rows.ts';

function sorted(values: Cell[], type: string, descending = false): Cell[] {
  const rows = values.map((value) => [value]);
  return sortRows(rows, [{ name: 'a', type }], { column: 0, descending }).map(([value]) => value ?? null);
}

it('sorts as PostgreSQL does: numbers by value, NULL last, first when descending', () => {
  expect(sorted(['10', '9', null, '-1', 'NaN'], 'numeric')).toEqual(['-1', '9', '10', 'NaN', null]);
  expect(sorted(['10', '9', null], 'bigint', true)).toEqual([null, '10', '9']);
  expect(sorted(['9007199254740993', '9007199254740992'], 'bigint')).toEqual([
    '9007199254740992',
    '9007199254740993',
  ]);
  expect(sorted(['$1,000.50', '$9.00'], 'money')).toEqual(['$9.00', '$1,000.50']);
  expect(sorted([true, false], 'boolean')).toEqual([false, true]);
  expect(sorted(['b', 'a', null], 'text')).toEqual(['a', 'b', null]);
});

it('goes from ascending to descending to none', () => {
  const first = nextSort(undefined, 2);
  expect(first).toEqual({ column: 2, descending: false });
  const second = nextSort(first, 2);
  expect(second).toEqual({ column: 2, descending: true });
  expect(nextSort(second, 2)).toBeUndefined();
  expect(nextSort(second, 1)).toEqual({ column: 1, descending: false });
});
