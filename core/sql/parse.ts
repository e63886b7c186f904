import createPgQueryModule from 'libpg-query/wasm/libpg-query.js';
import type { PgQueryModule } from 'libpg-query/wasm/libpg-query.js';
import { AppError } from '../contract/index.ts';

/** Longest statement accepted, in bytes of UTF-8. */
export const maxSqlBytes = 200_000;

/** A node of PostgreSQL's raw parse tree, as libpg-query prints it: `{ Tag: fields }`, fields in lower case. */
export type AstValue = string | number | boolean | null | AstValue[] | AstNode;
export interface AstNode {
  [key: string]: AstValue;
}

export interface ParsedStatement {
  node: AstNode;
  /** Where the statement starts, in bytes of UTF-8. */
  startByte: number;
  /** How long it is in bytes, without its semicolon; undefined where it goes on to the end of the text. */
  lengthBytes: number | undefined;
}

let instance: Promise<PgQueryModule> | undefined;

/**
 * Parses with PostgreSQL 18's own parser (libpg-query, WebAssembly): what it accepts, PostgreSQL parses.
 * Throws SQL_SYNTAX with `details.position`, a 0-based offset in UTF-16 units, where the parser names one.
 */
export async function parseStatements(sql: string): Promise<ParsedStatement[]> {
  refuseUnparsable(sql);
  instance ??= createPgQueryModule();
  const parser = await instance;
  const tree = runParser(parser, sql);
  const statements = (tree['stmts'] ?? []) as ParserStatement[];
  return statements.map(({ stmt, stmt_location, stmt_len }) => ({
    node: stmt ?? {},
    startByte: stmt_location ?? 0,
    lengthBytes: stmt_len,
  }));
}

interface ParserStatement {
  stmt?: AstNode;
  stmt_location?: number;
  stmt_len?: number;
}

/** The parser reads a C string: a NUL character would end it early and hide what follows from every check. */
function refuseUnparsable(sql: string): void {
  const bytes = Buffer.byteLength(sql, 'utf8');
  if (bytes > maxSqlBytes) {
    throw new AppError('SQL_SYNTAX', `The statement is ${bytes} bytes long; the limit is ${maxSqlBytes}.`, {
      hint: 'Shorten it, for example by joining a table instead of listing values.',
    });
  }
  const nul = sql.indexOf('\0');
  if (nul >= 0) {
    throw new AppError('SQL_SYNTAX', 'The statement contains a NUL character.', {
      hint: 'Delete the invisible character.',
      details: { position: nul },
    });
  }
}

function runParser(parser: PgQueryModule, sql: string): AstNode {
  const size = parser.lengthBytesUTF8(sql) + 1;
  try {
    const query = parser._malloc(size);
    parser.stringToUTF8(sql, query, size);
    const result = parser._wasm_parse_query_raw(query);
    const answer = readResult(parser, result, sql);
    parser._wasm_free_parse_result(result);
    parser._free(query);
    if (answer instanceof AppError) throw answer;
    return JSON.parse(answer) as AstNode;
  } catch (error) {
    if (error instanceof AppError) throw error;
    // A stack overflow leaves the instance's memory inconsistent: later parses could be wrong. Start afresh.
    instance = undefined;
    throw new AppError('SQL_SYNTAX', 'The statement is nested too deeply to be checked.', {
      hint: 'Split it, or flatten its sub-queries and long chains of operators.',
      cause: error,
    });
  }
}

/** Reads libpg_query's PgQueryParseResult {tree, stderr, error}; error is {message, function, file, line, cursor}. */
function readResult(parser: PgQueryModule, result: number, sql: string): string | AppError {
  const error = parser.getValue(result + 8, 'i32');
  if (error === 0) return parser.UTF8ToString(parser.getValue(result, 'i32'));
  const message = parser.UTF8ToString(parser.getValue(error, 'i32'));
  const cursor = parser.getValue(error + 16, 'i32');
  return createSyntaxError(message, cursor, sql);
}

/** `cursor` counts characters (code points) from 1; 0 means unknown. */
function createSyntaxError(message: string, cursor: number, sql: string): AppError {
  if (message.startsWith('memory exhausted')) {
    return new AppError('SQL_SYNTAX', 'The statement is nested too deeply to be checked.', {
      hint: 'Split it, or flatten its sub-queries.',
    });
  }
  const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  const details = cursor > 0 ? { position: offsetOfCodePoint(sql, cursor - 1) } : undefined;
  return new AppError('SQL_SYNTAX', text, { hint: hintOf(sql), details });
}

function hintOf(sql: string): string {
  if (/^\s*\\/.test(sql)) return 'Commands that start with a backslash belong to psql. Write a SELECT.';
  return 'Correct the statement near the marked place.';
}

/** UTF-16 offset of the character at a 0-based code point index, as PostgreSQL counts positions. */
export function offsetOfCodePoint(text: string, index: number): number {
  let offset = 0;
  for (let passed = 0; passed < index && offset < text.length; passed += 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** UTF-16 offset of a 0-based byte offset in UTF-8, as the parse tree's locations count. */
export function offsetOfByte(text: string, byte: number): number {
  return Buffer.from(text, 'utf8').subarray(0, byte).toString('utf8').length;
}
