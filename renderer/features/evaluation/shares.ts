import type { Share } from '../../../core/contract/index.ts';

/** `62.5 %`; a dash where nothing was asked. */
export function formatShare(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`;
}

/** `[47.8, 75.0]` in percent. */
export function formatInterval({ low, high }: Pick<Share, 'low' | 'high'>): string {
  return low === null || high === null ? '' : `[${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`;
}

/** Of a two-sided 95 %. */
const z = 1.959964;

/** A share with its Wilson interval, as the core's reports have it. */
export function shareOf(count: number, n: number): Share {
  if (n === 0) return { n, count, share: null, low: null, high: null };
  const share = count / n;
  const centre = share + z ** 2 / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  return {
    ...{ n, count, share },
    low: count === 0 ? 0 : (centre - spread) / scale,
    high: count === n ? 1 : (centre + spread) / scale,
  };
}
