import { describe, expect, it, vi } from 'vitest';
import { createSignal, slowDown } from './changes.ts';
import { createColumn, findNearest } from './column.ts';
import { listRows, valueAt } from './plot-rows.ts';
import { createPlotView } from './plot-view.ts';
import { createSmoother } from './smooth.ts';
import { thinOut } from './thin-out.ts';
import { findFigures, findTicks, findTimeTicks } from './ticks.ts';

const range = (count: number) => Float64Array.from({ length: count }, (_, at) => at);

function columnOf(values: readonly (number | null)[]) {
  const column = createColumn();
  column.append(values);
  return column;
}

describe('thinning out', () => {
  it('keeps every spike of a hundred thousand points in a few thousand', () => {
    const xs = range(100_000);
    const ys = new Float64Array(100_000).fill(1);
    ys[54_321] = 9;
    ys[54_400] = -3;
    const points = thinOut(xs, ys, { from: 0, to: 99_999 }, 700);
    expect(points.length / 2).toBeLessThanOrEqual(1_410);
    const drawn = new Map(
      Array.from({ length: points.length / 2 }, (_, at) => [points[at * 2], points[at * 2 + 1]]),
    );
    expect(drawn.get(54_321)).toBe(9);
    expect(drawn.get(54_400)).toBe(-3);
    expect([...drawn.keys()]).toEqual([...drawn.keys()].toSorted((a, b) => (a ?? 0) - (b ?? 0)));
  });

  it('gives what lies in the range, and a point beyond each end', () => {
    const points = thinOut(range(100), range(100), { from: 10.5, to: 12.5 }, 50);
    expect([...points]).toEqual([10, 10, 11, 11, 12, 12, 13, 13]);
    expect([...thinOut(range(0), range(0), { from: 0, to: 1 }, 50)]).toEqual([]);
  });

  it('draws the same points while the range moves', () => {
    const xs = range(50_000);
    const ys = xs.map((x) => Math.sin(x * 12.9898));
    const inside = (from: number) =>
      [...thinOut(xs, ys, { from, to: from + 20_000 }, 400)].filter((_, at) => at % 2 === 0);
    const [before, after] = [inside(1_000), inside(1_137)];
    const middle = (all: number[]) => all.filter((x) => x > 2_000 && x < 20_000);
    expect(middle(after)).toEqual(middle(before));
  });
});

describe('smoothing', () => {
  it('is TensorBoard’s: not pulled to zero, and gaps are passed over', () => {
    const smoother = createSmoother(0.5);
    const [source, target] = [columnOf([4, null, 8]), createColumn()];
    smoother.follow(source, target);
    expect([...target.values()]).toEqual([4, NaN, (0.25 * 4 + 0.5 * 8) / 0.75]);
    source.append([8]);
    smoother.follow(source, target);
    const whole = createColumn();
    createSmoother(0.5).follow(columnOf([4, null, 8, 8]), whole);
    expect([...target.values()]).toEqual([...whole.values()]);
    smoother.setWeight(0);
    smoother.follow(source, target);
    expect([...target.values()]).toEqual([4, NaN, 8, 8]);
  });
});

describe('what all charts show', () => {
  it('follows what comes until someone looks back', () => {
    let to = 1_000;
    const view = createPlotView(() => ({ from: 0, to }));
    to = 1_100;
    expect(view.range()).toEqual({ from: 0, to: 1_100 });
    view.show({ from: 200, to: 300 });
    to = 1_200;
    expect(view.range()).toEqual({ from: 200, to: 300 });
    view.showLatest();
    to = 1_300;
    expect(view.range()).toEqual({ from: 1_080, to: 1_300 });
    expect([view.isFollowing(), view.isWhole()]).toEqual([true, false]);
  });

  it('zooms around a place, and never leaves what there is', () => {
    const view = createPlotView(() => ({ from: 0, to: 1_000 }));
    view.zoom(0.5, 200);
    expect(view.range()).toEqual({ from: 100, to: 600 });
    view.pan(-5);
    expect(view.range()).toEqual({ from: 0, to: 500 });
    view.pan(50);
    expect(view.range()).toEqual({ from: 500, to: 1_000 });
    view.zoom(100);
    expect(view.isWhole()).toBe(true);
  });
});

describe('figures', () => {
  const line = { id: 'a', name: 'A', color: 0, x: columnOf([10, 20, 30]), y: columnOf([1, null, 3]) };

  it('are those of the nearest place', () => {
    expect(findNearest(Float64Array.of(10, 20, 30), 26)).toBe(2);
    expect(valueAt(line, 12, false)).toBe(1);
    expect(valueAt(line, 21, false)).toBeUndefined();
    expect(valueAt({ ...line, look: 'dots' }, 29, true)).toBeUndefined();
  });

  it('are a table of evenly spread rows', () => {
    const long = { ...line, x: columnOf([...range(1_000)]), y: columnOf([...range(1_000)]) };
    const rows = listRows([long], { from: 0, to: 999 }, 100);
    expect(rows).toHaveLength(100);
    expect([rows[0]?.x, rows.at(-1)?.x]).toEqual([0, 999]);
  });

  it('have round ticks', () => {
    expect(findTicks(0.03, 0.21, 4)).toHaveLength(4);
    const whole = findFigures(findTicks, [1, 5], 8, (value) => value.toFixed(0));
    expect(whole.map(({ figure }) => figure)).toEqual(['1', '2', '3', '4', '5']);
    expect(findFigures(findTicks, [0.001, 0.004], 8, () => 'few').length).toBeLessThan(2);
    expect(findTicks(0, 1_000, 5)).toEqual([0, 200, 400, 600, 800, 1_000]);
    expect(findTimeTicks(0, 7_300, 4)).toEqual([0, 3_600, 7_200]);
    expect(findTimeTicks(0, 900_000, 4)).toEqual([0, 432_000, 864_000]);
  });
});

it('news are told at most so often, and the last always', () => {
  vi.useFakeTimers();
  const signal = createSignal();
  const told = vi.fn<() => void>();
  const end = slowDown(signal, 200).subscribe(told);
  for (let at = 0; at < 50; at += 1) signal.emit();
  vi.advanceTimersByTime(200);
  expect(told).toHaveBeenCalledOnce();
  signal.emit();
  end();
  vi.advanceTimersByTime(200);
  expect(told).toHaveBeenCalledOnce();
  vi.useRealTimers();
});
