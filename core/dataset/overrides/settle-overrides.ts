import { createHash } from 'node:crypto';
import { AppError, overrideSchema } from '../../contract/index.ts';
import type { DatabaseSchema, Override, OverrideProof, ProvenPair } from '../../contract/index.ts';
import { createSchemaSource, readProvenPairs } from '../read-source.ts';
import { checkOverride } from './check-override.ts';
import { readPlacedOverrides, writeOverrides, type PlacedOverride } from './overrides-file.ts';
import type { FreshProof } from './prove-override.ts';

/** Runs a corrected SQL on PostgreSQL. @throws AppError where PostgreSQL refuses it */
export type ProveSql = (query: { dbId: string; sqliteSql: string; sql: string }) => Promise<FreshProof>;

export interface SettleOptions {
  overridesFile: string;
  /** Holds pairs.jsonl and postgres_schemas/. */
  processedDir: string;
  /** Called only for SQL that has no proof of its own. */
  prove: ProveSql;
  signal?: AbortSignal | undefined;
}

/**
 * Holds every correction of the file to what `override set` demands, however it came there, and proves the SQL that has
 * no proof. Writes the file only where that adds or changes something: the proof, and the SQL as printed.
 * @throws AppError DATASET_CORRUPT naming the file, the line and the id; the file stays as it was then
 */
export async function settleOverrides(options: SettleOptions): Promise<void> {
  const { overridesFile, processedDir, prove, signal } = options;
  const placed = await readPlacedOverrides(overridesFile);
  if (placed.length === 0) return;
  const pairs = new Map((await readProvenPairs(processedDir, signal)).map((pair) => [pair.id, pair]));
  const schemaOf = createSchemaSource(processedDir);
  const settled: Override[] = [];
  for (const { override, line } of placed) {
    signal?.throwIfAborted();
    const pair =
      pairs.get(override.id) ?? refuse({ override, line }, overridesFile, 'There is no such example.');
    const done = settleOverride(await schemaOf(pair.dbId), pair, override, prove);
    settled.push(await done.catch((error: unknown) => blameLine(error, { override, line }, overridesFile)));
  }
  const isSame = settled.every(
    (each, index) => JSON.stringify(each) === JSON.stringify(placed[index]?.override),
  );
  if (!isSame) await writeOverrides(overridesFile, settled);
}

/** One correction, checked, and with a proof of its SQL. @throws AppError saying what is wrong with it */
export async function settleOverride(
  schema: DatabaseSchema,
  { dbId, sqliteSql }: ProvenPair,
  override: Override,
  prove: ProveSql,
): Promise<Override> {
  const { proof, ...checked } = await checkOverride(override);
  const { sql } = checked;
  if (sql === undefined) return overrideSchema.parse(checked);
  const of = hashProven(sql, sqliteSql, schema);
  const valid: OverrideProof = proof?.of === of ? proof : { ...(await prove({ dbId, sqliteSql, sql })), of };
  return overrideSchema.parse({ ...checked, proof: valid });
}

function hashProven(sql: string, sqliteSql: string, schema: DatabaseSchema): string {
  return createHash('sha256')
    .update(JSON.stringify([sql, sqliteSql, schema]))
    .digest('hex');
}

/** Faults of the correction; everything else, such as a server that does not start, is no fault of a line. */
const faults = ['INVALID_INPUT', 'SQL_SYNTAX', 'SQL_NOT_READ_ONLY', 'SQL_EXECUTION', 'SQL_TIMEOUT'];

function blameLine(error: unknown, placed: PlacedOverride, file: string): never {
  if (!(error instanceof AppError) || !faults.includes(error.code)) throw error;
  refuse(placed, file, error.message, error);
}

function refuse(
  { override: { id }, line }: PlacedOverride,
  file: string,
  what: string,
  cause?: AppError,
): never {
  throw new AppError('DATASET_CORRUPT', `${file}, line ${line}, ${id}: ${what}`, {
    hint: cause?.hint ?? 'Correct or delete that line.',
    details: { file, line, id },
    cause,
  });
}
