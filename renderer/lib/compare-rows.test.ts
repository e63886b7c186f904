import { describe, expect, it } from 'vitest';
import { cellKey, compareRows } from './compare-rows.ts';

describe('cells', () => {
  it.each([
    [1, '1'],
    ['1.0', '1'],
    ['0.1', 0.1],
    ['3.14159265358', '3.14159265351'],
    ['1e3', '1000'],
  ])('%j is %j', (a, b) => expect(cellKey(a)).toBe(cellKey(b)));

  it.each([
    [null, 'null'],
    [null, ''],
    ['9007199254740991', '9007199254740990'],
    ['abc', 'ABC'],
    ['', ' '],
    ['1-2', '-1'],
  ])('%j is not %j', (a, b) => expect(cellKey(a)).not.toBe(cellKey(b)));
});

describe('rows', () => {
  it('are equal as often as they are there, in any order', () => {
    const { matched, left, right } = compareRows([['a'], ['b'], ['a']], [['b'], ['a'], ['a']]);
    expect(matched).toBe(3);
    expect([...left, ...right]).toEqual(new Array(6).fill(undefined));
  });

  it('that are there once more have no equal', () => {
    const { left, right } = compareRows([['a'], ['a']], [['a']]);
    expect(left).toEqual([undefined, new Set([0])]);
    expect(right).toEqual([undefined]);
  });

  it('that are left over are compared cell by cell', () => {
    const { matched, left, right } = compareRows(
      [
        ['Joe', 52],
        ['Ann', 40],
      ],
      [
        ['Ann', '40'],
        ['Joe', 53],
      ],
    );
    expect(matched).toBe(1);
    expect(left).toEqual([new Set([1]), undefined]);
    expect(right).toEqual([undefined, new Set([1])]);
  });

  it('of other widths differ in what is missing', () => {
    expect(compareRows([['a', 'b']], [['a']]).left).toEqual([new Set([1])]);
  });
});
