import type { Database } from 'better-sqlite3';

/** A value as SQLite stores it; 64-bit integers beyond 2^53 come as bigint. */
export type SqliteValue = string | number | bigint | null;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('latin1');

/** Quotes a name for SQLite. */
export function quoteSqliteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * All rows of a table, each an array in the order of `columns`. Text is read as its bytes, because some of
 * Spider's databases hold Latin-1 in UTF-8 files: what is not valid UTF-8 is read as Latin-1.
 */
export function readSqliteRows(database: Database, table: string, columns: string[]): SqliteValue[][] {
  const list = columns.map(
    (name) =>
      `CASE typeof(${quoteSqliteName(name)}) WHEN 'text' THEN CAST(${quoteSqliteName(name)} AS BLOB) ELSE ${quoteSqliteName(name)} END`,
  );
  const decode = openTextDecoder(database);
  const statement = database
    .prepare(`SELECT ${list.join(', ')} FROM ${quoteSqliteName(table)}`)
    .raw()
    .safeIntegers();
  return (statement.all() as unknown[][]).map((row) =>
    row.map((value) => (value instanceof Uint8Array ? decode(value) : toSqliteValue(value))),
  );
}

/** Decodes the bytes of a database's texts: they are in its own encoding. */
export function openTextDecoder(database: Database): (bytes: Uint8Array) => string {
  const encoding = database.pragma('encoding', { simple: true }) as string;
  if (encoding === 'UTF-8') return decodeText;
  const utf16 = new TextDecoder(encoding === 'UTF-16be' ? 'utf-16be' : 'utf-16le', { ignoreBOM: true });
  return (bytes) => utf16.decode(bytes).replaceAll('\0', '');
}

export function toSqliteValue(value: unknown): SqliteValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Uint8Array) return decodeText(value);
  return value as string | number | null;
}

/** NUL cannot be stored in PostgreSQL's text, so it is dropped. */
function decodeText(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes).replaceAll('\0', '');
  } catch {
    return latin1.decode(bytes).replaceAll('\0', '');
  }
}
