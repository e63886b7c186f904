import { equalitySchema, pairOutcomeSchema, unusedReasonSchema } from '../contract/dataset.ts';
import { spiderSplits } from '../spider/index.ts';
import { numericTolerance } from './answers.ts';
import type { Equality, PairOutcome, ProvenPair, ReasonClass, UnusedReason } from '../contract/dataset.ts';
import type { DatabaseLoad } from './report-load.ts';

/** How the pairs of one split ended. Shares are percentages of `goldRuns`. */
export interface SplitCounts {
  pairs: number;
  outcomes: Record<PairOutcome, number>;
  /** Pairs whose published query runs on SQLite at all. */
  goldRuns: number;
  /** Verified on Spider's own rows or on generated ones. */
  verified: number;
  /** Verified pairs by how their rows are equal: the weakest label over Spider's own rows and the generated ones. */
  equality: Record<Equality, number>;
  /** Verified pairs whose answers on Spider's own rows, as published, are the same without any rule about ties. */
  strictOnShippedRows: number;
  /** Verified pairs with values that are numbers in one engine and texts in the other. */
  otherTypes: number;
  /** Verified pairs that are equal only once texts in columns of numbers are NULL in both engines. */
  textsAsNull: number;
  /** PostgreSQL refused the query, on whatever rows. */
  postgresErrors: number;
  /** Verified pairs by where their answer tells something. */
  informative: { shipped: number; generatedOnly: number; nowhere: number };
  /** Sets of generated rows asked, and on how many the engines agreed, over all pairs, and those made but not used. */
  generated: { sets: number; agreeing: number; unused: Record<UnusedReason, number> };
  /** Verified pairs whose engines disagree on some generated rows, on which SQLite has no defined answer. */
  undefinedOnGenerated: number;
  shares: {
    verified: number;
    /** `verified` without those of `textsAsNull`. */
    verifiedWithAllTexts: number;
    equality: Record<Equality, number>;
    strictOnShippedRows: number;
    notVacuous: number;
    nondeterministic: number;
  };
  reasonClasses: Partial<Record<ReasonClass, number>>;
}

export interface ConversionReport {
  numericTolerance: string;
  splits: Record<string, SplitCounts>;
  /** Every pair that is not verified, with its reason. */
  notVerified: ProvenPair[];
  /** Verified pairs whose answers tell nothing, on any rows. */
  vacuous: Pick<ProvenPair, 'id' | 'dbId' | 'question' | 'sql'>[];
  /** Verified pairs with equal values of another type. */
  otherTypes: ConversionReport['vacuous'];
  /** The ids of the verified pairs that count as `textsAsNull`. */
  textsAsNull: string[];
  databases: { databases: number; tables: number; rows: number; loads: DatabaseLoad[] };
}

/** Counts the pairs and lists those that need a reader. Deterministic: the same pairs give the same report. */
export function buildReport(pairs: ProvenPair[], loads: DatabaseLoad[]): ConversionReport {
  const splits = spiderSplits.map((split) => [
    split,
    countSplit(pairs.filter((pair) => pair.split === split)),
  ]);
  return {
    numericTolerance,
    splits: Object.fromEntries(splits) as ConversionReport['splits'],
    notVerified: pairs.filter((pair) => !isVerified(pair)),
    vacuous: pairs.filter(isVacuous).map(describePair),
    otherTypes: pairs.filter((pair) => isVerified(pair) && pair.otherTypes === true).map(describePair),
    textsAsNull: pairs.filter((pair) => isVerified(pair) && pair.textsAsNull === true).map(({ id }) => id),
    databases: {
      databases: loads.length,
      tables: sum(loads.map((load) => load.tables)),
      rows: sum(loads.map((load) => load.rows)),
      loads,
    },
  };
}

function describePair({ id, dbId, question, sql }: ProvenPair): ConversionReport['vacuous'][number] {
  return { id, dbId, question, sql };
}

/** Whether a pair may be used: its SQL gives what SQLite gives. */
export function isVerified({ outcome }: Pick<ProvenPair, 'outcome'>): boolean {
  return outcome === 'verified' || outcome === 'verified-on-generated-rows';
}

function isVacuous(pair: ProvenPair): boolean {
  return isVerified(pair) && !pair.informative.shipped && !pair.informative.generated;
}

function countSplit(pairs: ProvenPair[]): SplitCounts {
  const verified = pairs.filter(isVerified);
  const goldRuns = pairs.filter((pair) => pair.reasonClass !== 'gold-fails').length;
  const labels = verified.map((pair) => pair.equality ?? 'ties-broken');
  const strictOnShippedRows = verified.filter(isStrictOnShippedRows).length;
  const textsAsNull = verified.filter((pair) => pair.textsAsNull === true).length;
  const shipped = verified.filter((pair) => pair.informative.shipped).length;
  const generatedOnly = verified.filter(
    ({ informative }) => !informative.shipped && informative.generated,
  ).length;
  const outcomes = countEach(
    pairOutcomeSchema.options,
    pairs.map((pair) => pair.outcome),
  );
  const percent = (count: number) => (goldRuns === 0 ? 0 : Math.round((10_000 * count) / goldRuns) / 100);
  return {
    pairs: pairs.length,
    outcomes,
    goldRuns,
    verified: verified.length,
    equality: countEach(equalitySchema.options, labels),
    strictOnShippedRows,
    otherTypes: verified.filter((pair) => pair.otherTypes === true).length,
    textsAsNull,
    postgresErrors: pairs.filter(isPostgresError).length,
    informative: { shipped, generatedOnly, nowhere: verified.length - shipped - generatedOnly },
    generated: {
      sets: sum(pairs.map((pair) => pair.generated?.sets ?? 0)),
      agreeing: sum(pairs.map((pair) => pair.generated?.agreeing ?? 0)),
      unused: countUnused(pairs),
    },
    undefinedOnGenerated: verified.filter(
      ({ generated }) => generated !== undefined && generated.agreeing < generated.sets,
    ).length,
    shares: {
      verified: percent(verified.length),
      verifiedWithAllTexts: percent(verified.length - textsAsNull),
      equality: mapCounts(countEach(equalitySchema.options, labels), percent),
      strictOnShippedRows: percent(strictOnShippedRows),
      notVacuous: percent(shipped + generatedOnly),
      nondeterministic: percent(outcomes.nondeterministic),
    },
    reasonClasses: countReasons(pairs),
  };
}

function countUnused(pairs: ProvenPair[]): Record<UnusedReason, number> {
  const reasons = unusedReasonSchema.options.map((reason) => [
    reason,
    sum(pairs.map(({ generated }) => generated?.unused?.[reason] ?? 0)),
  ]);
  return Object.fromEntries(reasons) as Record<UnusedReason, number>;
}

function isPostgresError({ reasonClass }: ProvenPair): boolean {
  return reasonClass === 'postgres-error' || reasonClass === 'not-rewritten';
}

function isStrictOnShippedRows({ equalityOnShippedRows, textsAsNull }: ProvenPair): boolean {
  return equalityOnShippedRows === 'strict' && textsAsNull !== true;
}

function countEach<T extends string>(names: readonly T[], values: T[]): Record<T, number> {
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<T, number>;
  for (const value of values) counts[value] += 1;
  return counts;
}

function mapCounts<T extends string>(
  counts: Record<T, number>,
  map: (count: number) => number,
): Record<T, number> {
  const entries = Object.entries<number>(counts).map(([name, count]) => [name, map(count)]);
  return Object.fromEntries(entries) as Record<T, number>;
}

function countReasons(pairs: ProvenPair[]): Partial<Record<ReasonClass, number>> {
  const counts: Partial<Record<ReasonClass, number>> = {};
  for (const { reasonClass } of pairs) {
    if (reasonClass !== undefined) counts[reasonClass] = (counts[reasonClass] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
