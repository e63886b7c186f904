import { loadRewriter } from '../../conversion/rewrite.ts';
import { printSelect } from '../../conversion/rewrite-print.ts';
import { parseStatements, type AstValue } from '../../sql/index.ts';
import type { SelectStmt } from 'libpg-query';

/**
 * Writes a corrected SELECT as the conversion writes its own: on one line, without comments. Where the printed text
 * would not mean the very same to PostgreSQL's parser, it stays as typed, without a semicolon at the end.
 * @param sql what the guard has passed
 */
export async function printOverrideSql(sql: string): Promise<string> {
  const typed = sql.replace(/[\s;]+$/, '').trimStart();
  await loadRewriter();
  const tree = await parseSelect(sql);
  try {
    const printed = printSelect(structuredClone(tree) as unknown as SelectStmt);
    return isSameTree(tree, await parseSelect(printed)) ? printed : typed;
  } catch {
    // The printer is a third party's: what it cannot print is right all the same.
    return typed;
  }
}

async function parseSelect(sql: string): Promise<AstValue> {
  const [statement] = await parseStatements(sql);
  return statement?.node['SelectStmt'] ?? null;
}

function isSameTree(left: AstValue, right: AstValue): boolean {
  return JSON.stringify(left, withoutPlace) === JSON.stringify(right, withoutPlace);
}

/** Where a node stands in the text is no part of its meaning. */
function withoutPlace(key: string, value: unknown): unknown {
  return /(^|_)location$|^rexpr_list_(start|end)$|^list_(start|end)$/.test(key) ? undefined : value;
}
