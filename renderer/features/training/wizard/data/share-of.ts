import type { SourceInfo, TrainingSource } from '../../../../../core/contract/index.ts';
import { keyOf, type TypedSource } from '../form.ts';
import { toNumber } from '../values.ts';

/**
 * How much of an epoch is of one source: its examples by its weight, of all.
 * @returns percent; undefined where it is not chosen or a chosen file's examples are not known
 */
export function shareOf(
  source: TrainingSource,
  chosen: readonly TypedSource[],
  infos: readonly SourceInfo[],
): number | undefined {
  const parts = chosen.map((one) => ({
    key: keyOf(one),
    examples: infos.find((info) => keyOf(info.source) === keyOf(one))?.examples,
    weight: toNumber(one.weight) ?? 0,
  }));
  if (parts.some(({ examples }) => examples === undefined)) return undefined;
  const counts = parts.map(({ examples = 0, weight }) => examples * weight);
  const at = parts.findIndex(({ key }) => key === keyOf(source));
  const all = counts.reduce((sum, count) => sum + count, 0);
  return at < 0 || all === 0 ? undefined : ((counts[at] ?? 0) / all) * 100;
}
