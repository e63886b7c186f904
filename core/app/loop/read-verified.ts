import type { HandlerContext, VerifiedExample } from '../../contract/index.ts';
import { writeExamples } from '../../dataset/verified/write-examples.ts';
import { equalResults, isOrdered } from '../../evaluation/index.ts';
import type { QueryDatabase } from '../../generation/index.ts';
import type { ValueHint } from '../../schema/index.ts';
import type { DatabaseSchema } from '../../contract/index.ts';
import type { SourceExamples, TargetForm } from '../../training/data/index.ts';

export interface ReadVerifiedDeps {
  examples: { list(filter: { connectionId: string }): VerifiedExample[] };
  openDatabase(connectionId: string, context: HandlerContext): Promise<QueryDatabase>;
  readSchema(connectionId: string, context: HandlerContext): Promise<DatabaseSchema>;
  readHints(connectionId: string, question: string, context: HandlerContext): Promise<ValueHint[]>;
}

const limits = { timeoutMs: 10_000, maxRows: 10_000 };

/** A connection's verified examples as a trainer reads them, with its schema and values as they are now. */
export async function readVerified(
  connectionId: string,
  form: TargetForm,
  deps: ReadVerifiedDeps,
  signal: AbortSignal,
): Promise<SourceExamples> {
  const kept = deps.examples.list({ connectionId });
  if (kept.length === 0) return { examples: [], leftOut: [] };
  const context = { signal };
  const database = await deps.openDatabase(connectionId, context);
  const { lines, leftOut } = await writeExamples(kept, form, {
    schema: await deps.readSchema(connectionId, context),
    readHints: (question) => deps.readHints(connectionId, question, context),
    isSame: (sql, expanded) => giveSameRows(database, sql, expanded, signal),
  });
  return { examples: lines.map(({ sql: _, ...line }) => line), leftOut };
}

/** What does not run any more is not the same as anything. */
async function giveSameRows(
  database: QueryDatabase,
  sql: string,
  expanded: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const own = await database.runReadOnly(sql, { ...limits, signal });
    const other = await database.runReadOnly(expanded, { ...limits, signal });
    return equalResults(own, other, { ordered: await isOrdered(sql) });
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
