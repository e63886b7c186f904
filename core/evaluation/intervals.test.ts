import { expect, it } from 'vitest';
import { measureCalibration } from './calibration.ts';
import { mcNemarExact, pairedGain, shareOf } from './intervals.ts';

// Wilson's intervals as R's binom.wilson gives them; the exact p as R's binom.test(5, 20) and (0, 6).
it.each([
  [0, 10, 0, 0.2775],
  [10, 10, 0.7225, 1],
  [5, 10, 0.2366, 0.7634],
  [620, 1034, 0.5695, 0.629],
])('%i of %i', (count, n, low, high) => {
  const share = shareOf(count, n);
  expect(share.share).toBe(count / n);
  expect(share.low).toBeCloseTo(low, 3);
  expect(share.high).toBeCloseTo(high, 3);
});

it('nothing has no share', () => {
  expect(shareOf(0, 0)).toEqual({ n: 0, count: 0, share: null, low: null, high: null });
});

it.each([
  [15, 5, 0.04139],
  [5, 15, 0.04139],
  [6, 0, 0.03125],
  [3, 3, 1],
  [0, 0, 1],
  [700, 600, 0.00602],
])('%i fixed, %i broken', (fixed, broken, p) => {
  expect(mcNemarExact(fixed, broken)).toBeCloseTo(p, 4);
});

// The first as in Newcombe 1998; the others by his formulas, written down once more in another language.
it.each([
  [{ bothRight: 36, fixed: 12, broken: 2, bothWrong: 0 }, 0.0569, 0.3404],
  [{ bothRight: 43, fixed: 0, broken: 1, bothWrong: 0 }, -0.1181, 0.0597],
  [{ bothRight: 0, fixed: 0, broken: 30, bothWrong: 0 }, -1, -0.8395],
  [{ bothRight: 2, fixed: 2, broken: 0, bothWrong: 1 }, -0.1626, 0.7264],
])('the gain of %j', (counts, low, high) => {
  const gain = pairedGain(counts);
  expect(gain.low).toBeCloseTo(low, 4);
  expect(gain.high).toBeCloseTo(high, 4);
});

it('no questions show no gain', () => {
  expect(pairedGain({ bothRight: 0, fixed: 0, broken: 0, bothWrong: 0 })).toEqual({
    share: null,
    low: null,
    high: null,
  });
});

it('calibration: bins of what was claimed, and how far off it was', () => {
  const rows = [
    { confidence: 1, correct: true },
    { confidence: 0.95, correct: false },
    { confidence: 0.25, correct: false },
    { confidence: 0.25, correct: true },
  ];
  const { bins, expectedError } = measureCalibration(rows);
  expect(bins.map(({ from, n, share }) => [from, n, share])).toEqual([
    [0.2, 2, 0.5],
    [0.9, 2, 0.5],
  ]);
  expect(expectedError).toBeCloseTo((2 * 0.25 + 2 * 0.475) / 4);
  expect(measureCalibration([])).toEqual({ bins: [], expectedError: null });
});
