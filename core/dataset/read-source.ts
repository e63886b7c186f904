import { join } from 'node:path';
import { z } from 'zod';
import {
  AppError,
  databaseSchemaSchema,
  provenPairSchema,
  type DatabaseSchema,
  type ProvenPair,
} from '../contract/index.ts';
import { readJsonFile, type SourceFile } from './reading/parse-file.ts';
import { eachRecord } from './reading/read-records.ts';

/** All pairs, in Spider's order, without blocking. @throws AppError DATASET_MISSING or DATASET_CORRUPT */
export async function readProvenPairs(processedDir: string, signal?: AbortSignal): Promise<ProvenPair[]> {
  const pairs: ProvenPair[] = [];
  const source = { path: join(processedDir, 'pairs.jsonl'), stage: 'convert' };
  await demand(
    source,
    eachRecord(provenPairSchema, source, (pair) => void pairs.push(pair), signal),
  );
  return pairs;
}

/** Reads PostgreSQL's schemas, each once. @throws AppError DATASET_MISSING or DATASET_CORRUPT */
export function createSchemaSource(processedDir: string): (dbId: string) => Promise<DatabaseSchema> {
  const known = new Map<string, Promise<DatabaseSchema>>();
  const read = async (dbId: string): Promise<DatabaseSchema> => {
    const source = { path: join(processedDir, 'postgres_schemas', `${dbId}.json`), stage: 'convert' };
    const schema = await readJsonFile(databaseSchemaSchema, source);
    return schema ?? refuseMissing(source);
  };
  return (dbId) => {
    const schema = known.get(dbId) ?? read(dbId);
    known.set(dbId, schema);
    return schema;
  };
}

const samplesSchema = z.array(
  z.object({ table: z.string(), column: z.string(), values: z.array(z.string()) }),
);

/** Reads the values of text columns that the conversion sampled, each database once; none where it sampled none. */
export function createSampleSource(
  processedDir: string,
): (dbId: string) => Promise<z.infer<typeof samplesSchema>> {
  const known = new Map<string, Promise<z.infer<typeof samplesSchema>>>();
  const read = async (dbId: string) => {
    const source = { path: join(processedDir, 'samples', `${dbId}.json`), stage: 'convert' };
    return (await readJsonFile(samplesSchema, source)) ?? [];
  };
  return (dbId) => {
    const samples = known.get(dbId) ?? read(dbId);
    known.set(dbId, samples);
    return samples;
  };
}

/** Turns "there was no such file" into an error that says what to do. */
export async function demand(source: SourceFile, isThere: Promise<boolean>): Promise<void> {
  if (!(await isThere)) refuseMissing(source);
}

function refuseMissing({ path, stage }: SourceFile): never {
  throw new AppError('DATASET_MISSING', `There is no ${path}.`, {
    hint: `Run \`sqlcodegen data ${stage}\` first.`,
  });
}
