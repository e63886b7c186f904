import { describe, expect, it } from 'vitest';
import { formatInterval, formatShare, shareOf } from './shares.ts';

describe('a share', () => {
  // The intervals are those of the core's reports.
  it.each([
    [0, 7, 0, 0.35433],
    [7, 7, 0.64567, 1],
    [13, 20, 0.43285, 0.81881],
    [526, 1034, 0.47826, 0.53909],
  ])('%d of %d has the Wilson interval from %d to %d', (count, n, low, high) => {
    const share = shareOf(count, n);
    expect(share.share).toBe(count / n);
    expect(share.low).toBeCloseTo(low, 5);
    expect(share.high).toBeCloseTo(high, 5);
  });

  it('of nothing is none', () => {
    expect(shareOf(0, 0)).toEqual({ n: 0, count: 0, share: null, low: null, high: null });
  });

  it('is written in percent, and as a dash where nothing was asked', () => {
    expect(formatShare(0.625)).toBe('62.5 %');
    expect(formatShare(null)).toBe('–');
    expect(formatInterval({ low: 0.4, high: 0.75 })).toBe('[40.0, 75.0]');
    expect(formatInterval({ low: null, high: null })).toBe('');
  });
});
