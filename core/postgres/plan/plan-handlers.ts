import { AppError, type CoreHandlers } from '../../contract/index.ts';
import { guardQuery, parseStatements } from '../../sql/index.ts';
import type { Connections } from '../connections.ts';
import { readPlan } from './read-plan.ts';

/** Plans through the contract. */
export function createPlanHandlers({
  connections,
}: {
  connections: Pick<Connections, 'open'>;
}): Pick<CoreHandlers, 'postgres.explainPlan'> {
  return {
    'postgres.explainPlan': async ({ connectionId, sql, analyze, timeoutMs }, { signal }) => {
      await refuseUnplannable(sql);
      const database = await connections.open(connectionId, { signal });
      return readPlan(await database.explainPlan(sql, { analyze, timeoutMs, signal }));
    },
  };
}

/** The guard of every typed statement, and no EXPLAIN of an EXPLAIN. */
async function refuseUnplannable(sql: string): Promise<void> {
  const verdict = await guardQuery(sql, { origin: 'user' });
  if (!verdict.allowed) {
    const details = {
      guard: true,
      ...(verdict.position === undefined ? {} : { position: verdict.position }),
    };
    throw new AppError(verdict.code, verdict.message, { hint: verdict.hint, details });
  }
  const [statement] = await parseStatements(sql);
  if (statement?.node['ExplainStmt'] === undefined) return;
  throw new AppError('INVALID_INPUT', 'The statement is an EXPLAIN itself.', {
    hint: 'Write the SELECT alone; its plan is drawn from that.',
  });
}
