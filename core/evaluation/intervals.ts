import type { GateGain, Share } from '../contract/index.ts';

/** The standard normal's 97.5 % point: intervals of 95 %. */
const z = 1.959963984540054;

/**
 * A share with its Wilson score interval (Wilson 1927), which stays within 0 to 1 and is honest at small `n`.
 * @param count of `n`
 */
export function shareOf(count: number, n: number): Share {
  return n === 0 ? { n, count, share: null, low: null, high: null } : { n, count, ...wilson(count, n) };
}

function wilson(count: number, n: number): { share: number; low: number; high: number } {
  const share = count / n;
  const scale = 1 + (z * z) / n;
  const centre = (share + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Of a list, what holds. */
export function shareWhere<T>(items: readonly T[], holds: (item: T) => boolean): Share {
  return shareOf(items.filter(holds).length, items.length);
}

/** The same questions, asked before and after. */
export interface PairedCounts {
  bothRight: number;
  fixed: number;
  broken: number;
  bothWrong: number;
}

/**
 * How many more are right afterwards, as a share of all, with the 95 % interval for paired proportions that is made of
 * two Wilson intervals (Newcombe 1998, method 10). Without questions all is null.
 */
export function pairedGain(counts: PairedCounts): GateGain {
  const { bothRight, fixed, broken, bothWrong } = counts;
  const n = bothRight + fixed + broken + bothWrong;
  if (n === 0) return { share: null, low: null, high: null };
  const [after, before] = [wilson(bothRight + fixed, n), wilson(bothRight + broken, n)];
  const correlation = correlate(counts);
  const reach = (a: number, b: number) => Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b));
  const share = (fixed - broken) / n;
  return {
    share,
    low: Math.max(-1, share - reach(after.share - after.low, before.high - before.share)),
    high: Math.min(1, share + reach(after.high - after.share, before.share - before.low)),
  };
}

/** Of being right before and after; where it is positive, with Newcombe's correction for continuity. */
function correlate({ bothRight, fixed, broken, bothWrong }: PairedCounts): number {
  const [after, before] = [bothRight + fixed, bothRight + broken];
  const product = after * (broken + bothWrong) * before * (fixed + bothWrong);
  if (product === 0) return 0;
  const cross = bothRight * bothWrong - fixed * broken;
  const n = after + broken + bothWrong;
  return (cross > 0 ? Math.max(0, cross - n / 2) : cross) / Math.sqrt(product);
}

/**
 * McNemar's exact test, two-sided: how likely at least so uneven a change is where both runs are equally good. Pairs
 * that did not change say nothing. @param fixed wrong before, right now
 */
export function mcNemarExact(fixed: number, broken: number): number {
  const n = fixed + broken;
  if (n === 0) return 1;
  let tail = 0;
  // Binomial with p = 1/2, in logarithms: 2^1034 is no number.
  let logTerm = -n * Math.log(2);
  for (let k = 0; k <= Math.min(fixed, broken); k += 1) {
    tail += Math.exp(logTerm);
    logTerm += Math.log(n - k) - Math.log(k + 1);
  }
  return Math.min(1, 2 * tail);
}
