import type { RowLoader } from '../../postgres/load-rows.ts';

/** Spider's longest answer has 20,662 rows. */
export const mostRows = 50_000;

/** PostgreSQL's own state for what exceeds a limit: the answer is refused, as one that it refuses itself. */
const limitState = '54000';

/**
 * Reads through a cursor, so that rows beyond `mostRows` are neither made nor sent. Needs an open transaction.
 * Throws an error with SQLSTATE 54000 for a longer answer.
 */
export function limitRows(loader: RowLoader): RowLoader {
  return { ...loader, read: (sql) => readLimited(loader, sql) };
}

async function readLimited(loader: RowLoader, sql: string) {
  // Planned for all of its rows, as it is without a cursor: another plan may order ties in another way.
  await loader.run('SET LOCAL cursor_tuple_fraction TO 1');
  await loader.run(`DECLARE answer NO SCROLL CURSOR FOR ${sql}`);
  const result = await loader.read(`FETCH ${mostRows + 1} FROM answer`);
  await loader.run('CLOSE answer');
  if (result.rows.length <= mostRows) return result;
  const message = `More than ${mostRows.toLocaleString('en')} rows: perhaps a join lacks its condition, or a LIMIT is missing.`;
  throw Object.assign(new Error(message), { code: limitState });
}
