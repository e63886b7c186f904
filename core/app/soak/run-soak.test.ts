import { describe, expect, test } from 'vitest';
import { growthOf, runSoak } from './run-soak.ts';

describe('questions in a row through one core', () => {
  test('hold no more files, handles and memory at the end, and cancelled ones free the model', async () => {
    const { signal } = new AbortController();
    const databases = ['ecommerce', 'finance'];
    const soaked = await runSoak({ questions: 30, databases, report: () => undefined, signal });
    expect(soaked).toMatchObject({ questions: 30, failed: 0 });
    const { from, to, cancelledMs } = soaked;
    if (from.files !== null) expect(to.files).toBeLessThanOrEqual(from.files + 2);
    expect(to.handles).toBeLessThanOrEqual(from.handles + 2);
    // 30 questions are too few to tell warm-up from a leak: a leak of a context for each would double it.
    expect(soaked.growth).toBeLessThan(0.5);
    expect(cancelledMs.executing.length + cancelledMs.generating.length + cancelledMs.prompt.length).toBe(3);
  }, 300_000);
});

test('growth is that of the line through the values', () => {
  expect(growthOf([100, 101, 102, 103, 104, 105])).toBeCloseTo(0.05, 9);
  expect(growthOf([100, 100, 100])).toBe(0);
  expect(Math.abs(growthOf([100, 110, 100, 110, 100]))).toBeLessThan(0.03);
});
