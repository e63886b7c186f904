import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSchema, ProvenPair, Table } from '../../contract/index.ts';

function makeTable(namespace: string, name: string, columns: string[]): Table {
  return {
    namespace,
    name,
    kind: 'table',
    columns: columns.map((column) => ({ name: column, type: 'text', nullable: true })),
    primaryKey: columns.slice(0, 1),
    foreignKeys: [],
  };
}

/** A database as the conversion describes it: `{ singer: ['id', 'name'] }`. */
export function makeSchema(dbId: string, tables: Record<string, string[]>): DatabaseSchema {
  return {
    database: dbId,
    serverVersion: '18.4',
    searchPath: [dbId],
    tables: Object.entries(tables).map(([name, columns]) => makeTable(dbId, name, columns)),
  };
}

/** A proven pair of Spider; what is not given says that all is well. */
export function makePair(
  id: string,
  dbId: string,
  rest: Pick<ProvenPair, 'question' | 'sql'> & Partial<ProvenPair>,
): ProvenPair {
  const [split = '', index = ''] = id.split(':');
  return {
    id,
    split: split as ProvenPair['split'],
    index: Number(index),
    dbId,
    sqliteSql: rest.sql,
    outcome: 'verified',
    equality: 'strict',
    rows: 1,
    informative: { shipped: true, generated: false },
    ...rest,
  };
}

/** Writes what the conversion leaves: pairs.jsonl and postgres_schemas/. */
export async function writeProcessed(
  folder: string,
  schemas: readonly DatabaseSchema[],
  pairs: readonly ProvenPair[],
): Promise<void> {
  await mkdir(join(folder, 'postgres_schemas'), { recursive: true });
  for (const schema of schemas) {
    await writeFile(join(folder, 'postgres_schemas', `${schema.database}.json`), JSON.stringify(schema));
  }
  await writeFile(join(folder, 'pairs.jsonl'), pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
}
