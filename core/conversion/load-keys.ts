import { quotePostgresName } from './names.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { LoadedForeignKey, LoadedTable } from './load.ts';

/** Declares primary keys, unique keys and foreign keys where the rows allow; the rest is recorded with its reason. */
export async function addKeys(loader: RowLoader, tables: LoadedTable[]): Promise<void> {
  for (const table of tables) await addPrimaryKey(loader, table);
  for (const table of tables) await addUniqueKeys(loader, table);
  for (const table of tables) {
    for (const key of table.foreignKeys) await addForeignKey(loader, tables, table, key);
  }
  for (const table of tables) await loader.run(`ANALYZE ${quotePostgresName(table.name)}`);
}

async function addPrimaryKey(loader: RowLoader, table: LoadedTable): Promise<void> {
  if (table.primaryKey.length === 0) return;
  const sql = `ALTER TABLE ${quotePostgresName(table.name)} ADD PRIMARY KEY (${quoteList(table.primaryKey)})`;
  table.primaryKeyDeclared = (await tryStatement(loader, sql)) === undefined;
}

async function addUniqueKeys(loader: RowLoader, table: LoadedTable): Promise<void> {
  const declared: string[][] = [];
  for (const columns of table.uniqueKeys) {
    if (isPrimaryKey(table, columns)) continue;
    const reason = await tryStatement(loader, uniqueStatement(table, columns));
    if (reason === undefined) declared.push(columns);
    else table.refused.push({ declaration: `UNIQUE (${columns.join(', ')})`, reason });
  }
  table.uniqueKeys = declared;
}

function uniqueStatement(table: LoadedTable, columns: string[]): string {
  return `ALTER TABLE ${quotePostgresName(table.name)} ADD UNIQUE (${quoteList(columns)})`;
}

async function addForeignKey(
  loader: RowLoader,
  tables: LoadedTable[],
  table: LoadedTable,
  key: LoadedForeignKey,
): Promise<void> {
  const target = tables.find((each) => each.name === key.targetTable);
  if (target === undefined || key.targetColumns.length !== key.columns.length) {
    key.reason = 'it names a table or key that does not exist';
    return;
  }
  // What a foreign key points at must be unique. Where its rows are, saying so loses nothing.
  const isUnique = [target.primaryKeyDeclared ? target.primaryKey : [], ...target.uniqueKeys].some(
    (columns) => isSameSet(columns, key.targetColumns),
  );
  const unique = isUnique ? '' : `${uniqueStatement(target, key.targetColumns)}; `;
  key.reason = await tryStatement(
    loader,
    `${unique}ALTER TABLE ${quotePostgresName(table.name)} ADD FOREIGN KEY (${quoteList(key.columns)}) ` +
      `REFERENCES ${quotePostgresName(key.targetTable)} (${quoteList(key.targetColumns)})`,
  );
  key.declared = key.reason === undefined;
  if (key.declared && !isUnique) target.uniqueKeys.push(key.targetColumns);
}

function isPrimaryKey(table: LoadedTable, columns: string[]): boolean {
  return table.primaryKeyDeclared && isSameSet(columns, table.primaryKey);
}

function isSameSet(left: string[], right: string[]): boolean {
  return [...left].sort().join() === [...right].sort().join();
}

function quoteList(columns: string[]): string {
  return columns.map(quotePostgresName).join(', ');
}

/** The server's message where it refuses; a savepoint keeps the load's transaction alive. */
async function tryStatement(loader: RowLoader, sql: string): Promise<string | undefined> {
  await loader.run('SAVEPOINT key');
  try {
    await loader.run(sql);
    await loader.run('RELEASE SAVEPOINT key');
    return undefined;
  } catch (error) {
    await loader.run('ROLLBACK TO SAVEPOINT key');
    return error instanceof Error ? error.message : String(error);
  }
}
