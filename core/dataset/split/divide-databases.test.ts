import { describe, expect, test } from 'vitest';
import { createRandom } from '../synthesis/random.ts';
import { divideDatabases, type DatabaseLoad } from './divide-databases.ts';

const load = (dbId: string, easy: number, medium: number, hard: number, extra: number): DatabaseLoad => ({
  dbId,
  counts: { easy, medium, hard, extra },
});

function makeLoads(count: number): DatabaseLoad[] {
  const random = createRandom(count);
  const draw = () => Math.floor(random.next() * 40);
  return Array.from({ length: count }, (_, index) => load(`db_${index}`, draw(), draw(), draw(), draw()));
}

const sumOf = (loads: readonly DatabaseLoad[], names: readonly string[]) => {
  const own = loads.filter(({ dbId }) => names.includes(dbId)).map(({ counts }) => Object.values(counts));
  return [0, 1, 2, 3].map((level) => own.reduce((sum, counts) => sum + (counts[level] ?? 0), 0));
};

describe('val and test', () => {
  test('are equal where that is possible', () => {
    const loads = [
      load('a', 4, 0, 0, 0),
      load('b', 0, 4, 0, 0),
      load('c', 2, 2, 0, 0),
      load('d', 2, 2, 0, 0),
    ];
    const { val, test: rest } = divideDatabases(loads);
    expect(sumOf(loads, val)).toEqual(sumOf(loads, rest));
  });

  test('no other division of twelve databases is better', () => {
    const loads = makeLoads(12);
    const whole = sumOf(
      loads,
      loads.map(({ dbId }) => dbId),
    );
    const cost = (names: readonly string[]) => {
      const gaps = sumOf(loads, names).map((count, level) => 2 * count - (whole[level] ?? 0));
      const size = whole.reduce((a, b) => a + b, 0);
      const all = gaps.reduce((a, b) => a + b, 0) ** 2 / size;
      return gaps.reduce((sum, gap, level) => sum + gap ** 2 / (whole[level] ?? 1), all);
    };
    const best = cost(divideDatabases(loads).val);
    for (let mask = 0; mask < 2 ** 12; mask++) {
      const names = loads.filter((_, index) => mask & (1 << index)).map(({ dbId }) => dbId);
      expect(cost(names)).toBeGreaterThanOrEqual(best - 1e-9);
    }
  });

  test('hold every database once, whatever the order and number', () => {
    for (const count of [0, 1, 2, 26]) {
      const loads = makeLoads(count);
      const halves = divideDatabases(loads);
      expect([...halves.val, ...halves.test].toSorted()).toEqual(loads.map(({ dbId }) => dbId).toSorted());
      expect(divideDatabases(loads.toReversed())).toEqual(halves);
    }
  });
});
