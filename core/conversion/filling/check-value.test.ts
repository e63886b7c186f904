import { describe, expect, it } from 'vitest';
import { asKind, satisfies } from './check-value.ts';
import { places, positionsAvailable, valueAt } from './fresh-values.ts';
import { candidatesFor, probesOf } from './probe-values.ts';
import type { Cell } from './draft-row.ts';
import type { ValueKind } from './fresh-values.ts';
import type { Check } from './query-model.ts';

const check = (operator: Check['operator'], ...values: Cell[]): Check => ({ operator, values });

describe('conditions on a value', () => {
  it.each<[Cell, Check, ValueKind, boolean]>([
    [30, check('>', 30), 'integer', false],
    [30, check('>=', 30), 'integer', true],
    [9, check('<', 10), 'integer', true],
    ['9', check('<', '10'), 'text', false],
    ['9', { ...check('<', 10), as: 'number' }, 'numeric-text', true],
    [42, { ...check('like', '4%'), as: 'text' }, 'integer', true],
    ['France', check('=', 'france'), 'text', false],
    ['JOHN', check('like', 'jo%'), 'text', false],
    ['JOHN', check('ilike', 'jo%'), 'text', true],
    ['a.b', check('like', 'a_b'), 'text', true],
    ['acb', check('like', 'a.b'), 'text', false],
    [5, check('between', 5, 7), 'integer', true],
    [8, check('not between', 5, 7), 'integer', true],
    ['b', check('not in', 'a', 'b'), 'text', false],
    ['2014-05-01', { ...check('>', 2013), as: 'number' }, 'date-text', true],
    [null, check('=', 5), 'integer', false],
    [null, check('<>', 5), 'integer', false],
    [null, check('null'), 'integer', true],
    [5, check('null'), 'integer', false],
  ])('%j meets %j as %s: %j', (cell, condition, kind, expected) => {
    expect(satisfies(cell, condition, kind)).toBe(expected);
  });

  it.each<[Check, ValueKind]>([
    [check('=', 'France'), 'text'],
    [check('in', 'a', 'b'), 'text'],
    [check('>', 30), 'integer'],
    [check('<=', 2.5), 'fraction'],
    [check('<', '100'), 'numeric-text'],
    [check('between', 5, 7), 'integer'],
    [check('ilike', '%east%'), 'text'],
    [check('like', '_ab%'), 'text'],
    [{ ...check('like', '%4%'), as: 'text' }, 'integer'],
    [{ ...check('like', '2001%'), as: 'text' }, 'date'],
    [check('>', '1978-06-26'), 'timestamp'],
    [check('null'), 'text'],
    [check('>', '2010-01-01'), 'date-text'],
    [{ ...check('like', '2001%') }, 'date-text'],
  ])('%j has a candidate that meets it', (condition, kind) => {
    for (const turn of [0, 1, 2]) {
      const met = candidatesFor(condition, kind, turn).filter((cell) => satisfies(cell, condition, kind));
      expect(met.length).toBeGreaterThan(0);
    }
  });

  it('probes a bound and one step on either side', () => {
    expect(probesOf(check('>', 30), 'integer')).toEqual([30, 31, 29]);
    expect(probesOf(check('<', '2010-03-01'), 'date')).toEqual(['2010-03-01', '2010-03-02', '2010-02-28']);
  });

  it('probes texts in other letter cases and with a changed letter', () => {
    const probes = probesOf(check('=', 'France'), 'text');
    expect(probes).toEqual(expect.arrayContaining(['france', 'FRANCE', 'Francx']));
    expect(probesOf(check('ilike', 'Jo%'), 'text')).toEqual(expect.arrayContaining(['JOBEL', 'xJo']));
  });

  it('keeps out what a column cannot store', () => {
    expect(asKind(2.5, 'integer')).toBeUndefined();
    expect(asKind('many', 'integer')).toBeUndefined();
    expect(asKind('2021-02-30', 'date')).toBeUndefined();
    expect(asKind(3_000_000_000, 'integer')).toBeUndefined();
    expect(asKind('7', 'integer')).toBe(7);
  });
});

describe('fresh values', () => {
  it.each<ValueKind>(['integer', 'fraction', 'text', 'numeric-text', 'date-text', 'date', 'timestamp'])(
    'of %s grow with their position and are never equal',
    (kind) => {
      const values = Array.from({ length: positionsAvailable }, (_, position) => valueAt(kind, position));
      expect(new Set(values).size).toBe(positionsAvailable);
      const isGrowing = values.every(
        (value, index) => index === 0 || (value ?? 0) > (values[index - 1] ?? 0),
      );
      expect(isGrowing).toBe(true);
    },
  );

  it('leave room between the three places', () => {
    expect(places.found).toBeLessThan(places.middle);
    expect(places.middle).toBeLessThan(places.departing);
    expect(places.departing).toBeLessThan(positionsAvailable);
  });
});
