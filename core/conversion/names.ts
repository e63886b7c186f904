import { QuoteUtils } from 'pgsql-deparser';

/** Spider's names are case-insensitive; PostgreSQL folds unquoted names to lower case. */
export function toPostgresName(name: string): string {
  return name.toLowerCase();
}

/** Quotes a name only where PostgreSQL demands it: spaces, capitals, leading digits, reserved words. */
export function quotePostgresName(name: string): string {
  return QuoteUtils.quoteIdentifier(name);
}
