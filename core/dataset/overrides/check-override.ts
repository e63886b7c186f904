import { AppError } from '../../contract/index.ts';
import type { Override } from '../../contract/index.ts';
import { refuseUnsafe } from '../refuse-unsafe.ts';
import { parseOverride } from './parse-override.ts';
import { printOverrideSql } from './print-override-sql.ts';

/**
 * Checks what can be checked without a server: the fields, and that the SQL is one read-only SELECT.
 * @returns the override, its texts without blanks around them, its SQL as all SQL of the dataset is written
 * @throws AppError INVALID_INPUT, SQL_SYNTAX, SQL_NOT_READ_ONLY
 */
export async function checkOverride(override: Override): Promise<Override> {
  const parsed = parseOverride(override);
  if ('fault' in parsed) {
    throw new AppError('INVALID_INPUT', `The override ${parsed.fault}.`, { hint: hintFor(parsed.field) });
  }
  const { question, ...rest } = parsed.override;
  const trimmed = { ...rest, ...(question !== undefined && { question: question.trim() }) };
  if (trimmed.sql === undefined) return trimmed;
  await refuseUnsafe(trimmed.sql);
  return writeSql(trimmed, await printOverrideSql(trimmed.sql));
}

/** In the history as well: whoever gave the SQL is found by its text. */
function writeSql({ history, ...override }: Override, sql: string): Override {
  const printed = history?.map((each) => (each.sql === override.sql ? { ...each, sql } : each));
  return { ...override, sql, ...(printed && { history: printed }) };
}

function hintFor(field: string): string {
  if (field === '') return 'Give the right question, the right SQL, or both.';
  return field === 'on' ? 'Give the date as YYYY-MM-DD.' : 'Give it some text.';
}
