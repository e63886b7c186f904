import type { TableName } from '../../contract/index.ts';
import { quoteIdentifier } from '../../sql/identifiers.ts';

/** `namespace.table`, quoted where it must be. */
export function quoteTable({ namespace, table }: TableName): string {
  return `${quoteIdentifier(namespace)}.${quoteIdentifier(table)}`;
}

/** `a, "B"`. */
export function quoteList(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(', ');
}

/** A text as a literal of SQL. */
export function quoteLiteral(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return text.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}
