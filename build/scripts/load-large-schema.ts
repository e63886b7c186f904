import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseSchemaSchema, type ConnectionDraft, type Table } from '../../core/contract/index.ts';
import { startEmbeddedServer } from '../../core/postgres/index.ts';
import { withEmbeddedClient } from '../../core/postgres/embedded-client.ts';
import { quoteIdentifier } from '../../core/sql/identifiers.ts';

const file = join(import.meta.dirname, '..', '..', 'data', 'own', 'large', 'schema.json');

/** So many tables of data/own/large, those first that foreign keys connect most. */
function pickTables(count: number): Table[] {
  const { tables } = databaseSchemaSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const byName = new Map(tables.map((table) => [table.name, table]));
  const around = new Map(tables.map(({ name }) => [name, new Set<string>()]));
  for (const { name, foreignKeys } of tables) {
    for (const { targetTable } of foreignKeys) {
      around.get(name)?.add(targetTable);
      around.get(targetTable)?.add(name);
    }
  }
  const picked = new Set<string>();
  const starts = tables.toSorted(
    (one, other) => (around.get(other.name)?.size ?? 0) - (around.get(one.name)?.size ?? 0),
  );
  for (const { name } of starts) {
    const queue = [name];
    for (let next = queue.shift(); next !== undefined && picked.size < count; next = queue.shift()) {
      if (picked.has(next)) continue;
      picked.add(next);
      queue.push(...(around.get(next) ?? []));
    }
  }
  return [...picked].flatMap((name) => byName.get(name) ?? []);
}

/** Tables first, then the keys between those that were picked. Types that are not PostgreSQL's own become text. */
function writeScript(tables: readonly Table[]): string {
  const names = new Set(tables.map(({ name }) => name));
  const list = (columns: readonly string[]) => columns.map(quoteIdentifier).join(', ');
  const creates = tables.map(({ name, columns, primaryKey }) => {
    const lines = columns.map(
      (column) =>
        `${quoteIdentifier(column.name)} ${plainType(column.type)}${column.nullable ? '' : ' NOT NULL'}`,
    );
    const key = primaryKey.length > 0 ? [`PRIMARY KEY (${list(primaryKey)})`] : [];
    return `CREATE TABLE ${quoteIdentifier(name)} (${[...lines, ...key].join(', ')});`;
  });
  const keys = tables.flatMap(({ name, foreignKeys }) =>
    foreignKeys
      .filter(({ targetTable }) => names.has(targetTable))
      .map(
        ({ columns, targetTable, targetColumns }) =>
          `ALTER TABLE ${quoteIdentifier(name)} ADD FOREIGN KEY (${list(columns)}) REFERENCES ${quoteIdentifier(targetTable)} (${list(targetColumns)});`,
      ),
  );
  return [...creates, ...keys].join('\n');
}

function plainType(type: string): string {
  return /^(smallint|integer|bigint|numeric|real|double|text|character|varchar|date|time|timestamp|boolean|uuid|json)/.test(
    type,
  )
    ? type
    : 'text';
}

/** What the script prints: a connection to the database, to be saved by the app that is measured. */
export interface LoadedSchema {
  draft: ConnectionDraft;
  tables: number;
  foreignKeys: number;
}

/** Makes the tables in a database of their own on the embedded server of a data folder, which may be running. */
async function loadLargeSchema(dataDir: string, count: number): Promise<LoadedSchema> {
  const server = await startEmbeddedServer({ dataDir });
  const tables = pickTables(count);
  const script = writeScript(tables);
  const database = `large_${count}`;
  await withEmbeddedClient(server.adminTargetOf('postgres'), async (admin) => {
    await admin.script(`DROP DATABASE IF EXISTS ${database}`);
    await admin.script(`CREATE DATABASE ${database}`);
  });
  const target = server.adminTargetOf(database);
  await withEmbeddedClient(target, (client) => client.script(script));
  // Whoever else uses the server keeps it.
  await server.stop();
  const { host, port, user, password } = target;
  return {
    draft: {
      ...{ name: `Large schema (${count} tables)`, host, port, database, user, sslMode: 'disable' },
      ...(password === undefined ? {} : { password }),
    },
    tables: tables.length,
    foreignKeys: script.match(/FOREIGN KEY/g)?.length ?? 0,
  };
}

// For benches: `node build/scripts/load-large-schema.ts DATA_DIR TABLES`.
const [dataDir, count] = process.argv.slice(2);
if (dataDir === undefined || !(Number(count) > 0))
  throw new Error('Give a data folder and a number of tables.');
console.log(JSON.stringify(await loadLargeSchema(dataDir, Number(count))));
