import { AppError } from '../contract/index.ts';
import { collectNames } from './guard-names.ts';
import type { StatementNames } from './guard-names.ts';
import { checkNode } from './guard-nodes.ts';
import type { GuardOrigin } from './guard-nodes.ts';
import { describeStatement } from './guard-statements.ts';
import { offsetOfByte, parseStatements } from './parse.ts';
import type { AstNode, ParsedStatement } from './parse.ts';

export type { GuardOrigin } from './guard-nodes.ts';

export type GuardVerdict =
  | { allowed: true; sql: string; names: StatementNames }
  | {
      allowed: false;
      code: 'SQL_SYNTAX' | 'SQL_NOT_READ_ONLY';
      /** What is. */
      message: string;
      /** What to do. */
      hint?: string;
      /** 0-based offset in UTF-16 units (an editor's column), where known. */
      position?: number;
    };

const readOnlyHint =
  'What runs here is one SELECT, VALUES, TABLE or WITH … SELECT, which cannot change data or settings.';

/**
 * Says whether a text is exactly one read-only query. It is the first of three walls: the text must also be one
 * statement for the extended protocol, and it runs in a READ ONLY transaction that is always rolled back.
 *
 * `origin` says who wrote it: for a person everything passes that is not known to write or to reach outside
 * (EXPLAIN of a query included); for a model only names of known analytic functions pass. What these names mean is up
 * to the database: `names` of the verdict is what core/postgres/foreign-functions.ts asks it about. Never throws for a bad statement.
 */
export async function guardQuery(sql: string, options: { origin: GuardOrigin }): Promise<GuardVerdict> {
  try {
    const statements = await parseStatements(sql);
    return checkStatements(sql, statements, options.origin);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const position = error.details?.['position'];
    return {
      allowed: false,
      code: 'SQL_SYNTAX',
      message: error.message,
      hint: error.hint,
      ...(typeof position === 'number' ? { position } : {}),
    };
  }
}

function checkStatements(sql: string, statements: ParsedStatement[], origin: GuardOrigin): GuardVerdict {
  const [first, second] = statements;
  if (first === undefined) {
    const hint = 'Write a SELECT.';
    return { allowed: false, code: 'SQL_SYNTAX', message: 'There is no statement to run.', hint };
  }
  if (second !== undefined) {
    const message = `There are ${statements.length} statements; only one can run.`;
    return refuse(message, 'Delete the others, or run them one by one.', startOfStatement(sql, second));
  }
  const query = findQuery(first.node, origin);
  if (query === undefined) {
    const name = describeStatement(first.node);
    const hint = name === 'SHOW' ? "Write SELECT current_setting('name') instead." : readOnlyHint;
    return refuse(`${name} is not a read-only query.`, hint, startOfStatement(sql, first));
  }
  const finding = checkNode(query, origin);
  if (finding === undefined) return { allowed: true, sql, names: collectNames(query) };
  const position = finding.byte === undefined ? undefined : offsetOfByte(sql, finding.byte);
  const verdict = refuse(finding.message, finding.hint ?? readOnlyHint, position);
  return finding.code === undefined ? verdict : { ...verdict, code: finding.code };
}

/** The SELECT of a statement: itself, or for a person what EXPLAIN explains. */
function findQuery(statement: AstNode, origin: GuardOrigin): AstNode | undefined {
  if (statement['SelectStmt'] !== undefined) return statement;
  const explain = statement['ExplainStmt'] as { query?: AstNode } | undefined;
  if (origin !== 'user' || explain?.query?.['SelectStmt'] === undefined) return undefined;
  return explain.query;
}

function refuse(message: string, hint: string, position: number | undefined) {
  const place = position === undefined ? {} : { position };
  return { allowed: false as const, code: 'SQL_NOT_READ_ONLY' as const, message, hint, ...place };
}

/** The parser puts white space and comments before a statement inside it: skip the white space at least. */
function startOfStatement(sql: string, statement: ParsedStatement): number {
  const offset = offsetOfByte(sql, statement.startByte);
  return offset + (/^\s*/.exec(sql.slice(offset))?.[0].length ?? 0);
}
