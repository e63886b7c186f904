import { AppError } from '../contract/index.ts';
import { checkNode } from './guard-nodes.ts';
import { describeStatement } from './guard-statements.ts';
import { offsetOfByte, parseStatements } from './parse.ts';
import type { AstNode, ParsedStatement } from './parse.ts';

/** One INSERT, UPDATE or DELETE, as it was typed. */
export interface WriteStatement {
  kind: 'insert' | 'update' | 'delete';
  /** Without its semicolon, and without a line comment that nothing ends. */
  sql: string;
  schema: string | undefined;
  table: string;
  /** How the statement calls the table itself. */
  alias: string | undefined;
  /** Columns that it sets: of an UPDATE, or of an INSERT's ON CONFLICT. */
  setColumns: string[];
  /** Names before a bracket, lower case: what may be a function. */
  functions: string[];
  /** INSERT … ON CONFLICT DO UPDATE changes rows as well. */
  updatesToo: boolean;
}

const kinds = { InsertStmt: 'insert', UpdateStmt: 'update', DeleteStmt: 'delete' } as const;

/** What a write is made of besides the parts of a query. */
const writeTags = new Set(['SetToDefault', 'MultiAssignRef', 'IndexElem']);

const onlyHint = 'One INSERT, UPDATE or DELETE can be previewed; run anything else with a tool of its own.';

/**
 * Lets exactly one INSERT, UPDATE or DELETE through whose parts are those of a query: no statement that changes rows
 * inside it (writable WITH), no locks, no cursor, none of the functions that a query may not call either, and no
 * RETURNING, which the preview writes itself. Throws SQL_SYNTAX or SQL_NOT_READ_ONLY with the place.
 */
export async function guardWrite(sql: string): Promise<WriteStatement> {
  const statements = await parseStatements(sql);
  const [first, second] = statements;
  if (first === undefined)
    throw new AppError('SQL_SYNTAX', 'There is no statement to run.', { hint: onlyHint });
  if (second !== undefined) {
    throw refuse(
      `There are ${statements.length} statements; only one can run.`,
      onlyHint,
      sql,
      second.startByte,
    );
  }
  const tag = (Object.keys(kinds) as (keyof typeof kinds)[]).find((name) => first.node[name] !== undefined);
  const fields = tag && (first.node[tag] as AstNode);
  if (tag === undefined || fields === undefined) {
    throw refuse(`${describeStatement(first.node)} cannot be previewed.`, onlyHint, sql, first.startByte);
  }
  if (fields['returningClause'] !== undefined || fields['returningList'] !== undefined) {
    throw refuse('The statement has a RETURNING clause.', 'Leave it out: the preview shows the rows.', sql);
  }
  const finding = checkNode(fields, 'user', writeTags);
  if (finding !== undefined) {
    throw refuse(finding.message, finding.hint ?? onlyHint, sql, finding.byte, finding.code);
  }
  return describe(kinds[tag], fields, cutStatement(sql, first));
}

function describe(kind: WriteStatement['kind'], fields: AstNode, sql: string): WriteStatement {
  const relation = fields['relation'] as {
    schemaname?: string;
    relname: string;
    alias?: { aliasname: string };
  };
  const conflict = fields['onConflictClause'] as { action?: string; targetList?: AstNode[] } | undefined;
  const updatesToo = conflict?.action === 'ONCONFLICT_UPDATE';
  const targets = (kind === 'update' ? fields['targetList'] : conflict?.targetList) as AstNode[] | undefined;
  return {
    ...{ kind, sql, updatesToo },
    schema: relation.schemaname,
    table: relation.relname,
    alias: relation.alias?.aliasname,
    setColumns: (targets ?? []).map((target) => String((target['ResTarget'] as AstNode)['name'])),
    functions: [...sql.matchAll(/([\p{L}_][\p{L}\p{N}_$]*)"?\s*\(/gu)].map(([, name = '']) =>
      name.toLowerCase(),
    ),
  };
}

/** A line break at the end, so that a comment there does not swallow what is put behind it. */
function cutStatement(sql: string, { startByte, lengthBytes }: ParsedStatement): string {
  const end = lengthBytes === undefined ? sql.length : offsetOfByte(sql, startByte + lengthBytes);
  return `${sql.slice(0, end)}\n`;
}

function refuse(
  message: string,
  hint: string,
  sql: string,
  byte?: number,
  code: 'SQL_NOT_READ_ONLY' | 'SQL_SYNTAX' = 'SQL_NOT_READ_ONLY',
): AppError {
  const position = byte === undefined ? undefined : skipSpace(sql, offsetOfByte(sql, byte));
  return new AppError(code, message, {
    hint,
    details: { guard: true, ...(position === undefined ? {} : { position }) },
  });
}

function skipSpace(sql: string, offset: number): number {
  return offset + (/^\s*/.exec(sql.slice(offset))?.[0].length ?? 0);
}

/**
 * What a statement says, whatever its spaces, comments, quotes and key words' case: equal for two texts that mean the
 * same. Undefined for what cannot be parsed.
 */
export async function shapeOf(sql: string): Promise<string | undefined> {
  try {
    const statements = await parseStatements(sql);
    return JSON.stringify(
      statements.map(({ node }) => node),
      (key, value: unknown) =>
        /^(location|stmt_location|stmt_len|list_start|list_end)$/.test(key) ? undefined : value,
    );
  } catch {
    return undefined;
  }
}
