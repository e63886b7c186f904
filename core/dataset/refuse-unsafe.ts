import { AppError } from '../contract/index.ts';
import { guardQuery } from '../sql/index.ts';

type Refusal = Extract<Awaited<ReturnType<typeof guardQuery>>, { allowed: false }>;

/** How much of the statement is shown where it cannot be read, in characters. */
const shownLength = 40;

/**
 * Refuses SQL that may not be part of the dataset: what a model may not run must not be what it learns to write. The
 * guard's own hints speak to whoever looks at a statement in an editor.
 * @throws AppError SQL_SYNTAX saying where, SQL_NOT_READ_ONLY
 */
export async function refuseUnsafe(sql: string): Promise<void> {
  const verdict = await guardQuery(sql, { origin: 'model' });
  if (verdict.allowed) return;
  const { code, message, position } = verdict;
  const details = position === undefined ? undefined : { position };
  throw new AppError(code, message, { hint: hintFor(sql, verdict), details });
}

function hintFor(sql: string, { code, position, hint }: Refusal): string | undefined {
  if (code === 'SQL_SYNTAX') return position === undefined ? hint : pointAt(sql, position);
  return 'Write one SELECT that only reads, with the functions and operators that a model may use.';
}

/** A command line marks nothing. */
function pointAt(sql: string, position: number): string {
  if (position >= sql.trimEnd().length) return 'Correct the statement at its end.';
  const rest = sql.slice(position);
  const shown = rest.length > shownLength ? `${rest.slice(0, shownLength)}…` : rest;
  return `Correct the statement at character ${position + 1}: ${shown.replaceAll(/\s+/g, ' ')}`;
}
