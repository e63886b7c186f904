import type { Caution, DatasetExample, Hardness, PairOutcome } from '../../contract/index.ts';
import { countBy } from '../format/format-report.ts';
import { nearDuplicateMeasure, nearDuplicateThreshold } from './find-near-duplicates.ts';
import type { DuplicateCounts, Duplicates, NearDuplicate } from './list-duplicates.ts';

export interface SplitSummary {
  examples: number;
  databases: number;
  hardness: Record<Hardness, number>;
  /** `corrected`: the SQL is a person's, proven by `override.proof` alone. */
  outcomes: Partial<Record<PairOutcome | 'corrected', number>>;
  cautions: Partial<Record<Caution, number>>;
  linkedDown: number;
  overridden: number;
}

export interface SplitReport {
  splits: Record<'train' | 'val' | 'test' | 'dev', SplitSummary>;
  /** In percentage points: the largest difference between val's and test's share of a level of hardness. */
  largestHardnessGap: number;
  databases: Record<'train' | 'val' | 'test', string[]>;
  duplicates: {
    measure: string;
    threshold: number;
    counts: Record<string, DuplicateCounts>;
    heldOutWithTwinInTrain: number;
  };
  /** Across splits, by the later example's place. */
  nearDuplicates: NearDuplicate[];
}

export function buildSplitReport(
  train: readonly DatasetExample[],
  dev: readonly DatasetExample[],
  duplicates: Duplicates,
): SplitReport {
  const val = dev.filter((example) => example.split === 'val');
  const test = dev.filter((example) => example.split === 'test');
  const { acrossSplits, ...counted } = duplicates;
  return {
    splits: { train: summarise(train), val: summarise(val), test: summarise(test), dev: summarise(dev) },
    largestHardnessGap: hardnessGap(val, test),
    databases: { train: databasesOf(train), val: databasesOf(val), test: databasesOf(test) },
    duplicates: { measure: nearDuplicateMeasure, threshold: nearDuplicateThreshold, ...counted },
    nearDuplicates: acrossSplits,
  };
}

function summarise(examples: readonly DatasetExample[]): SplitSummary {
  return {
    examples: examples.length,
    databases: databasesOf(examples).length,
    hardness: hardnessOf(examples),
    outcomes: countBy(examples.map((example) => example.outcome ?? 'corrected')),
    cautions: countBy(examples.flatMap(({ cautions = [] }) => cautions)),
    linkedDown: examples.filter((example) => example.linkedTables !== undefined).length,
    overridden: examples.filter((example) => example.override !== undefined).length,
  };
}

function hardnessOf(examples: readonly DatasetExample[]): Record<Hardness, number> {
  const counts = { easy: 0, medium: 0, hard: 0, extra: 0 };
  for (const { hardness } of examples) counts[hardness] += 1;
  return counts;
}

function hardnessGap(val: readonly DatasetExample[], test: readonly DatasetExample[]): number {
  if (val.length === 0 || test.length === 0) return 0;
  const [a, b] = [hardnessOf(val), hardnessOf(test)];
  const gaps = (Object.keys(a) as Hardness[]).map((level) =>
    Math.abs(a[level] / val.length - b[level] / test.length),
  );
  return Math.round(Math.max(...gaps) * 10_000) / 100;
}

function databasesOf(examples: readonly DatasetExample[]): string[] {
  return [...new Set(examples.map((example) => example.dbId))].toSorted();
}
