import { AppError } from '../contract/errors.ts';
import { constantText, functionName, textConstant } from './ast.ts';
import type { A_Expr, Node } from 'libpg-query';

/** The operator that stands for GLOB between the two parsers; PostgreSQL's grammar has no such word. */
export const globOperator = /^!?~~~~$/;

/** `GLOB 'J*'` is a LIKE that minds the case: `*` any text, `?` one character. */
export function fixGlob(expression: A_Expr, operator: string): void {
  const pattern = constantText(expression.rexpr);
  if (pattern === undefined || pattern.includes('[')) {
    throw new AppError('SQL_SYNTAX', 'GLOB with a computed pattern or a set of characters has no LIKE.', {
      hint: "Write a regular expression: `x ~ '^[a-c]'`.",
    });
  }
  const isNegated = operator.startsWith('!');
  const escaped = pattern
    .replace(/[%_\\]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');
  expression.kind = 'AEXPR_LIKE';
  expression.name = [{ String: { sval: isNegated ? '!~~' : '~~' } }];
  expression.rexpr = textConstant(escaped);
}

/** A backslash escapes in PostgreSQL's patterns unless told otherwise, and in SQLite's only where told so. */
export function fixEscape(pattern: Node | undefined): Node | undefined {
  const plain = constantText(pattern);
  if (plain !== undefined) return textConstant(plain.replaceAll('\\', '\\\\'));
  if (pattern === undefined || functionName(pattern) !== 'like_escape' || !('FuncCall' in pattern))
    return pattern;
  const [text, mark] = (pattern.FuncCall.args ?? []).map(constantText);
  if (text === undefined || mark === undefined) return pattern;
  let escaped = '';
  for (let index = 0; index < text.length; index += 1) {
    const isMark = text.charAt(index) === mark && index + 1 < text.length;
    if (isMark) index += 1;
    const letter = text.charAt(index);
    escaped += (isMark && /[%_]/.test(letter)) || letter === '\\' ? `\\${letter}` : letter;
  }
  return textConstant(escaped);
}
