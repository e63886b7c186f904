import { AppError, overrideSchema } from '../../contract/index.ts';
import type { Override } from '../../contract/index.ts';
import { refuseUnsafe } from '../refuse-unsafe.ts';

/**
 * Checks what can be checked without a server: the fields, and that the SQL is one read-only SELECT.
 * @returns the override, its SQL without a semicolon at the end
 * @throws AppError INVALID_INPUT, SQL_SYNTAX, SQL_NOT_READ_ONLY
 */
export async function checkOverride(override: Override): Promise<Override> {
  const parsed = overrideSchema.safeParse(override);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw new AppError('INVALID_INPUT', `The override's ${field} is wrong: ${issue?.message ?? ''}.`, {
      hint: field === 'on' ? 'Give the date as YYYY-MM-DD.' : 'Give it some text.',
    });
  }
  const { question, sql } = parsed.data;
  if (question === undefined && sql === undefined) {
    throw new AppError('INVALID_INPUT', 'An override replaces the question, the SQL, or both.', {
      hint: 'Give --sql or --question.',
    });
  }
  if (sql === undefined) return parsed.data;
  await refuseUnsafe(sql);
  return { ...parsed.data, sql: sql.replace(/[\s;]+$/, '').trimStart() };
}
