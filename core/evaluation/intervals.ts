import type { Share } from '../contract/index.ts';

/** The standard normal's 97.5 % point: intervals of 95 %. */
const z = 1.959963984540054;

/**
 * A share with its Wilson score interval (Wilson 1927), which stays within 0 to 1 and is honest at small `n`.
 * @param count of `n`
 */
export function shareOf(count: number, n: number): Share {
  if (n === 0) return { n, count, share: null, low: null, high: null };
  const share = count / n;
  const scale = 1 + (z * z) / n;
  const centre = (share + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { n, count, share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Of a list, what holds. */
export function shareWhere<T>(items: readonly T[], holds: (item: T) => boolean): Share {
  return shareOf(items.filter(holds).length, items.length);
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
