import { describe, expect, it } from 'vitest';
import type { Cell, ResultColumn } from '../../../../core/contract/index.ts';
import { readChart, toTime } from './chart-data.ts';
import { choosePlan, listKinds, toNumber } from './chart-plan.ts';

const columns = (...list: [name: string, type: string][]): ResultColumn[] =>
  list.map(([name, type]) => ({ name, type }));

describe('the chart that is chosen', () => {
  it('is lines over time, split by a category of few values', () => {
    const found = columns(['month', 'date'], ['region', 'text'], ['sum', 'numeric']);
    const rows: Cell[][] = [
      ['2024-01-01', 'a', '1'],
      ['2024-01-01', 'b', '2'],
      ['2024-02-01', 'a', '3'],
      ['2024-02-01', 'b', '4'],
    ];
    const plan = choosePlan(found, rows);
    expect(plan).toEqual({ kind: 'line', x: 0, y: [2], series: 1 });
    const data = plan && readChart(found, rows, plan);
    expect(data?.series.map(({ name, points }) => [name, points.length])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
  });

  it('is bars for a category, and passes identifiers over', () => {
    const found = columns(['id', 'bigint'], ['country', 'text'], ['orders', 'bigint']);
    expect(choosePlan(found, [['1', 'DE', '3']])).toMatchObject({ kind: 'bar', x: 1, y: [2] });
  });

  it('is points for two numbers, and nothing without numbers or with one column', () => {
    const numbers = columns(['price', 'numeric'], ['weight', 'real']);
    expect(choosePlan(numbers, [['1', 2]])).toEqual({ kind: 'scatter', x: 0, y: [1] });
    expect(choosePlan(columns(['a', 'text'], ['b', 'text']), [])).toBeUndefined();
    expect(choosePlan(columns(['count', 'bigint']), [['1']])).toBeUndefined();
    expect(listKinds(columns(['count', 'bigint']), [['1']])).toEqual([]);
  });

  it('leaves out a measure that could not be seen beside a far larger one', () => {
    const found = columns(['name', 'text'], ['share', 'numeric'], ['revenue', 'numeric']);
    expect(choosePlan(found, [['a', '0.5', '100000']])?.y).toEqual([2]);
  });
});

describe('the points', () => {
  const found = columns(['name', 'text'], ['n', 'bigint']);

  it('are summed where several rows have one place, and that is said', () => {
    const rows: Cell[][] = [
      ['a', '1'],
      ['a', '2'],
      [null, '5'],
      ['b', null],
    ];
    const data = readChart(found, rows, { kind: 'bar', x: 0, y: [1] });
    expect(data.categories).toEqual(['a', 'NULL', 'b']);
    expect(data.series[0]?.points).toEqual([3, 5, null]);
    expect(data.notes[0]).toMatch(/summed/);
  });

  it('are capped, and that is said', () => {
    const rows: Cell[][] = Array.from({ length: 500 }, (_, index) => [`c${index}`, String(index)]);
    const data = readChart(found, rows, { kind: 'bar', x: 0, y: [1] });
    expect(data.categories).toHaveLength(200);
    expect(data.notes).toEqual(['The first 200 of 500 categories are drawn.']);
  });

  it('read times and numbers as PostgreSQL prints them', () => {
    expect(toTime('2024-02-29 10:00:00+00')).toBe(Date.UTC(2024, 1, 29, 10));
    expect(toTime('2024-02-29 10:00:00.123456+05:30')).toBe(Date.UTC(2024, 1, 29, 4, 30, 0, 123));
    expect(toTime('2024-02-29')).toBe(Date.UTC(2024, 1, 29));
    expect(toTime('infinity')).toBeUndefined();
    expect([toNumber('1.5'), toNumber('-3'), toNumber('NaN'), toNumber(null), toNumber('$1,234.50')]).toEqual(
      [1.5, -3, undefined, undefined, 1234.5],
    );
  });
});
