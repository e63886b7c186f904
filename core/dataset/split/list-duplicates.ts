import type { DatasetExample, DatasetSplit } from '../../contract/index.ts';
import { createTimeSlices } from '../reading/time-slices.ts';
import { findNearPairs, questionWordSet } from './find-near-duplicates.ts';
import { sqlSkeleton } from './sql-skeleton.ts';

/** Two questions of different splits that are nearly the same. */
export interface NearDuplicate {
  ids: [string, string];
  splits: [DatasetSplit, DatasetSplit];
  /** Rounded to three digits. */
  similarity: number;
  /** The same SQL but for names and literals. */
  sameSkeleton: boolean;
}

export interface DuplicateCounts {
  pairs: number;
  /** Of them, with the same words. */
  sameWords: number;
  /** Of those, with the same SQL but for names and literals. */
  sameWordsAndSkeleton: number;
}

export interface Duplicates {
  acrossSplits: NearDuplicate[];
  /** By the two splits, `train-val` or `val-test`; `train-train` is inside train. */
  counts: Record<string, DuplicateCounts>;
  /** Held-out examples that have a near duplicate in train. */
  heldOutWithTwinInTrain: number;
}

/** Near-duplicate questions: listed across splits, counted inside them. They stay where they are. */
export async function listDuplicates(
  examples: readonly DatasetExample[],
  signal?: AbortSignal,
): Promise<Duplicates> {
  const rest = createTimeSlices(signal);
  const sets: string[][] = [];
  const skeletons: string[] = [];
  for (const { question, sql } of examples) {
    sets.push(questionWordSet(question));
    skeletons.push(sqlSkeleton(sql));
    await rest();
  }
  const found: { pair: NearDuplicate; first: number; second: number }[] = [];
  const counts = new Map<string, DuplicateCounts>();
  for (const near of findNearPairs(sets)) {
    await rest();
    const [a, b] = near === undefined ? [] : [examples[near.first], examples[near.second]];
    if (near === undefined || a === undefined || b === undefined) continue;
    const sameSkeleton = skeletons[near.first] === skeletons[near.second];
    count(counts, keyOf(a.split, b.split), near.similarity === 1, sameSkeleton);
    if (a.split === b.split) continue;
    const similarity = Math.round(near.similarity * 1000) / 1000;
    const pair: NearDuplicate = {
      ids: [a.id, b.id],
      splits: [a.split, b.split],
      similarity,
      sameSkeleton,
    };
    found.push({ pair, first: near.first, second: near.second });
  }
  found.sort((a, b) => a.second - b.second || a.first - b.first);
  const acrossSplits = found.map(({ pair }) => pair);
  const twins = acrossSplits.filter(({ splits }) => splits[0] === 'train').map(({ ids }) => ids[1]);
  return {
    acrossSplits,
    counts: Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    heldOutWithTwinInTrain: new Set(twins).size,
  };
}

function count(
  counts: Map<string, DuplicateCounts>,
  key: string,
  sameWords: boolean,
  sameSkeleton: boolean,
): void {
  const own = counts.get(key) ?? { pairs: 0, sameWords: 0, sameWordsAndSkeleton: 0 };
  own.pairs += 1;
  own.sameWords += Number(sameWords);
  own.sameWordsAndSkeleton += Number(sameWords && sameSkeleton);
  counts.set(key, own);
}

const splitOrder: readonly DatasetSplit[] = ['train', 'val', 'test'];

function keyOf(...splits: DatasetSplit[]): string {
  return splits.toSorted((a, b) => splitOrder.indexOf(a) - splitOrder.indexOf(b)).join('-');
}
