import type { SqliteForeignKey, SqliteTable } from './sqlite-schema.ts';

/**
 * A foreign key with the names that its target really has: declarations write them in any case, and may leave out the
 * columns where the target's primary key is meant. A target that does not exist stays as written.
 */
export function resolveForeignKey(key: SqliteForeignKey, tables: SqliteTable[]): SqliteForeignKey {
  const target = findNamed(tables, key.targetTable);
  if (!target) return key;
  const written = key.targetColumns.length > 0 ? key.targetColumns : target.primaryKey;
  const targetColumns = written.map((name) => findNamed(target.columns, name)?.name ?? name);
  return { columns: key.columns, targetTable: target.name, targetColumns };
}

/** SQLite compares names without the case of ASCII letters. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function findNamed<T extends { name: string }>(named: T[], name: string): T | undefined {
  return named.find((each) => foldName(each.name) === foldName(name));
}
