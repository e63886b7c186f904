import { deparse } from 'pgsql-deparser';
import { AppError } from '../contract/index.ts';
import { parseStatements } from './parse.ts';
import type { AstNode, AstValue } from './parse.ts';

/** Longest statement that is laid out; longer ones are lists of values, which gain nothing. In UTF-16 units. */
const maxFormattedLength = 8_000;

/**
 * Lays one statement out on several lines. Printers of SQL have changed meanings before (this one drops WITH TIES),
 * so what it prints is parsed again and must give the same tree. Otherwise the input comes back unchanged; so does
 * text that does not parse, several statements, and text with a comment, which a tree cannot keep.
 */
export async function formatSql(sql: string): Promise<string> {
  if (sql.length > maxFormattedLength || /--|\/\*/.test(sql)) return sql;
  try {
    const [statement, ...others] = await parseStatements(sql);
    if (statement === undefined || others.length > 0) return sql;
    const printed = await deparse(statement.node as Parameters<typeof deparse>[0], { pretty: true });
    const again = await parseStatements(printed);
    return again.length === 1 && haveSameTree(statement.node, again[0]?.node) ? printed : sql;
  } catch (error) {
    if (error instanceof AppError || isPrinterError(error)) return sql;
    throw error;
  }
}

/** The printer throws plain errors for nodes that it does not know, and overflows on deep trees. */
function isPrinterError(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && /depars/i.test(error.message));
}

/** Compares parse trees without the places in the text that they came from. */
export function haveSameTree(left: AstNode | undefined, right: AstNode | undefined): boolean {
  return JSON.stringify(left, dropLocations) === JSON.stringify(right, dropLocations);
}

function dropLocations(key: string, value: AstValue): AstValue | undefined {
  return /(^|_)(location|start|end)$/.test(key) && typeof value === 'number' ? undefined : value;
}
