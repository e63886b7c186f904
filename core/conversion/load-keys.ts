import { quotePostgresName } from './names.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { LoadedForeignKey, LoadedTable } from './load.ts';

/** Declares primary keys, unique keys and foreign keys where the rows allow; the rest is recorded with its reason. */
export async function addKeys(loader: RowLoader, tables: LoadedTable[]): Promise<void> {
  for (const table of tables) await addPrimaryKey(loader, table);
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
  if (!isPrimaryKey(target, key.targetColumns)) await addUniqueKey(loader, target, key.targetColumns);
  key.reason = await tryStatement(
    loader,
    `ALTER TABLE ${quotePostgresName(table.name)} ADD FOREIGN KEY (${quoteList(key.columns)}) ` +
      `REFERENCES ${quotePostgresName(key.targetTable)} (${quoteList(key.targetColumns)})`,
  );
  key.declared = key.reason === undefined;
}

function isPrimaryKey(table: LoadedTable, columns: string[]): boolean {
  return table.primaryKeyDeclared && [...columns].sort().join() === [...table.primaryKey].sort().join();
}

/** A foreign key's target must be unique. Where its rows are, saying so loses nothing. */
async function addUniqueKey(loader: RowLoader, table: LoadedTable, columns: string[]): Promise<void> {
  await tryStatement(
    loader,
    `ALTER TABLE ${quotePostgresName(table.name)} ADD UNIQUE (${quoteList(columns)})`,
  );
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
