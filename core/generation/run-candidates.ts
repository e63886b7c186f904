import type { Limits } from '../contract/index.ts';
import { runCandidate, type CheckedCandidate, type QueryDatabase } from './candidates.ts';

/** Candidates that only vote must not hold up the answer: each has so long, and all of them together. */
const votingTimeoutMs = 5_000;
const votingBudgetMs = 10_000;

/**
 * Runs what can be run, in the given order. Where several vote each has tight limits; what is not reached within them
 * stays without a vote. If none was that quick, the first runs within the asked limits.
 */
export async function runCandidates(
  database: QueryDatabase,
  candidates: readonly CheckedCandidate[],
  limits: Limits,
  signal: AbortSignal,
): Promise<CheckedCandidate[]> {
  const ran = [...candidates];
  const several = candidates.filter(({ outcome }) => outcome === 'not-run').length > 1;
  const tightMs = several ? Math.min(limits.timeoutMs, votingTimeoutMs) : limits.timeoutMs;
  const deadline = performance.now() + (several ? votingBudgetMs : Number.POSITIVE_INFINITY);
  for (const [index, candidate] of candidates.entries()) {
    if (candidate.outcome !== 'not-run' || performance.now() >= deadline) continue;
    ran[index] = await runCandidate(database, candidate, { ...limits, timeoutMs: tightMs }, signal);
  }
  if (tightMs === limits.timeoutMs || ran.some(({ outcome }) => outcome === 'succeeded')) return ran;
  const slow = ran.findIndex(({ outcome }) => outcome === 'timed-out');
  const candidate = ran[slow];
  if (candidate) ran[slow] = await runCandidate(database, candidate, limits, signal);
  return ran;
}
