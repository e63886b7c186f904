import { AppError, type Override, type ProvenPair } from '../../contract/index.ts';
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

/**
 * Overrides by the id of their example.
 * @throws AppError DATASET_CORRUPT where there is no such example, or a corrected SQL that PostgreSQL has not run:
 * `settleOverrides` has not seen it
 */
export function indexOverrides(
  overrides: readonly Override[],
  pairs: readonly ProvenPair[],
): Map<string, Override> {
  const ids = new Set(pairs.map((pair) => pair.id));
  for (const { id, sql, proof } of overrides) {
    if (!ids.has(id)) throw refuse(`The override of ${id} has no example.`);
    if (sql !== undefined && proof === undefined)
      throw refuse(`The override of ${id} has no proof of its SQL.`);
  }
  return new Map(overrides.map((override) => [override.id, override]));
}

function refuse(what: string): AppError {
  return new AppError('DATASET_CORRUPT', what, {
    hint: 'Run `sqlcodegen data all`: it checks overrides.jsonl.',
  });
}
