import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import {
  AppError,
  columnSamplesSchema,
  databaseSchemaSchema,
  parsedSchemaSchema,
  type DatasetDatabase,
  type ParsedSchema,
} from '../../contract/index.ts';
import type { DatasetIndex } from './build-index.ts';
import { countBy } from './count-by.ts';
import type { DatasetFolder } from './dataset-folder.ts';
import { readJsonFile, unlessMissing } from './parse-file.ts';

/** Databases that questions are about, and those that only the parsed schemas know, by name. */
export async function listDatabases(folder: DatasetFolder, index: DatasetIndex): Promise<DatasetDatabase[]> {
  const byDatabase = Map.groupBy(index.examples, ({ pair }) => pair.dbId);
  const parsed = await listParsed(folder);
  const dbIds = [...new Set([...byDatabase.keys(), ...parsed])].sort();
  const databases: DatasetDatabase[] = [];
  for (const dbId of dbIds) {
    const own = byDatabase.get(dbId) ?? [];
    databases.push({
      dbId,
      ...measure(parsed.includes(dbId) ? await readParsedSchema(folder, dbId) : undefined),
      pairs: own.length,
      byOutcome: countBy(own, ({ pair }) => [pair.outcome]),
      sources: [...new Set(own.map(({ pair }) => pair.split))],
      splits: [...new Set(own.map(({ split }) => split))],
    });
  }
  return databases;
}

/** @throws AppError NOT_FOUND where no stage knows the database. */
export async function readDatabaseSchema(folder: DatasetFolder, dbId: string) {
  refuseUnsafeName(dbId);
  const [sqlite, postgres, samples] = await Promise.all([
    readParsedSchema(folder, dbId),
    readJsonFile(databaseSchemaSchema, { path: folder.postgresSchemaFileOf(dbId), stage: 'convert' }),
    readJsonFile(z.array(columnSamplesSchema), { path: folder.samplesFileOf(dbId), stage: 'convert' }),
  ]);
  if (sqlite === undefined && postgres === undefined) throw unknownDatabase(dbId);
  return { dbId, sqlite, postgres, samples: samples ?? [] };
}

function readParsedSchema(folder: DatasetFolder, dbId: string): Promise<ParsedSchema | undefined> {
  return readJsonFile(parsedSchemaSchema, { path: folder.parsedSchemaFileOf(dbId), stage: 'parse' });
}

/** The name becomes part of a path. @throws AppError NOT_FOUND for one that could lead elsewhere. */
export function refuseUnsafeName(dbId: string): void {
  if (!/^[\w-]+$/.test(dbId)) throw unknownDatabase(dbId);
}

export function unknownDatabase(dbId: string): AppError {
  return new AppError('NOT_FOUND', `There is no database "${dbId}" in the dataset.`, {
    hint: 'The list of databases has their names, such as concert_singer.',
  });
}

async function listParsed(folder: DatasetFolder): Promise<string[]> {
  const names = await unlessMissing(readdir(folder.parsedSchemaFileOf('x').slice(0, -'x.json'.length)));
  return (names ?? []).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
}

function measure(schema: ParsedSchema | undefined): Pick<DatasetDatabase, 'tables' | 'columns' | 'rows'> {
  if (schema === undefined) return {};
  const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);
  return {
    tables: schema.tables.length,
    columns: sum(schema.tables.map(({ columns }) => columns.length)),
    rows: sum(schema.tables.map(({ rowCount }) => rowCount)),
  };
}
