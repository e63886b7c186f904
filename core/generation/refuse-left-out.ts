import type { DatabaseSchema, TableScope } from '../contract/index.ts';
import { findLeftOutTable } from '../schema/index.ts';
import type { CheckedCandidate } from './candidates.ts';

/** A valid statement that names a table which the user left out is refused: not every model is held to the schema it gets. */
export async function refuseLeftOut(
  candidate: CheckedCandidate,
  schema: DatabaseSchema,
  scope: TableScope = {},
): Promise<CheckedCandidate> {
  if (candidate.outcome !== 'not-run') return candidate;
  const table = await findLeftOutTable(schema, scope, candidate.sql);
  if (table === undefined) return candidate;
  return {
    ...candidate,
    outcome: 'refused',
    message: `The statement reads ${table}, which you left out.`,
    hint: 'Take the table in again, or ask otherwise.',
  };
}
