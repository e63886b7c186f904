import { checkCandidate, type CheckedCandidate, type QueryDatabase } from '../candidates.ts';
import { rewriteFollowUp, type FollowUpInput } from './rewrite-query.ts';

/** The follow-up as a change of the earlier statement, where the rules understand it and PostgreSQL plans what comes out. */
export async function proveFollowUp(
  database: QueryDatabase,
  input: FollowUpInput,
  signal: AbortSignal,
): Promise<CheckedCandidate | undefined> {
  const sql = await rewriteFollowUp(input);
  if (sql === undefined) return undefined;
  const written = { sql, logProb: 0, finished: true, tokenCount: 0, ms: 0 };
  const checked = await checkCandidate(database, written, signal);
  return checked.outcome === 'not-run' ? checked : undefined;
}
