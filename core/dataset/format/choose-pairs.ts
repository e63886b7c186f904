import type { Override, ProvenPair } from '../../contract/index.ts';
import { isVerified } from '../../conversion/report.ts';

/** A pair that becomes an example, as its override leaves it. */
export interface ChosenPair {
  pair: ProvenPair;
  question: string;
  sql: string;
  override?: Override | undefined;
}

/**
 * Only what is proven is trained on and judged by. A nondeterministic pair runs and reads well, but no answer of it is
 * the right one; there are few of them, so they are left out everywhere. A corrected SQL counts as its author's word.
 */
export function choosePair(pair: ProvenPair, override?: Override): ChosenPair | { leftOut: string } {
  const sql = override?.sql ?? pair.sql;
  if (override?.sql === undefined && !isVerified(pair)) {
    return {
      leftOut: [pair.outcome, ...(pair.reasonClass === undefined ? [] : [pair.reasonClass])].join(': '),
    };
  }
  return { pair, question: override?.question ?? pair.question, sql, override };
}

/** Overrides by the id of their example; of several for one, the last holds. */
export function indexOverrides(overrides: readonly Override[]): Map<string, Override> {
  return new Map(overrides.map((override) => [override.id, override]));
}
