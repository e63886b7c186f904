import { join } from 'node:path';
import type { Override, SavedOverride } from '../contract/index.ts';
import {
  checkOverride,
  findAuthor,
  findPair,
  mergeOverride,
  readOverrides,
  removeOverride,
  saveOverride,
  settleOverride,
} from '../dataset/overrides/index.ts';
import { createSchemaSource } from '../dataset/read-source.ts';
import { withProver } from './prove-overrides.ts';
import { withPipelineLock } from './spider-pipeline.ts';
import { locatePlaces } from './stages/stage-part.ts';

export { findAuthor };

export interface OverrideOptions {
  dataDir: string;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

export function listOverrides(dataDir: string): Promise<Override[]> {
  return readOverrides(overridesFile(dataDir));
}

/**
 * Accepts a correction once its example exists and PostgreSQL has run its SQL. What it does not give stays as an
 * earlier correction of the example has it. It is applied by the next `data format` and `data split`.
 * @throws AppError saying what is wrong with it; nothing is stored then
 */
export async function setOverride(wanted: Override, options: OverrideOptions): Promise<SavedOverride> {
  const { dataDir } = options;
  const places = locatePlaces(dataDir, undefined);
  const given = await checkOverride(wanted);
  const pair = await findPair(join(places.processedDir, 'pairs.jsonl'), given.id);
  return withPipelineLock(dataDir, async () => {
    const earlier = (await listOverrides(dataDir)).find(({ id }) => id === given.id);
    const schema = await createSchemaSource(places.processedDir)(pair.dbId);
    const override = await withProver(places, options, (prove) =>
      settleOverride(schema, pair, mergeOverride(earlier, given), prove),
    );
    await saveOverride(places.overridesFile, override);
    return { override, original: { question: pair.question, sql: pair.sql }, earlier };
  });
}

/** @returns whether there was one */
export function dropOverride(dataDir: string, id: string): Promise<boolean> {
  return withPipelineLock(dataDir, () => removeOverride(overridesFile(dataDir), id));
}

function overridesFile(dataDir: string): string {
  return locatePlaces(dataDir, undefined).overridesFile;
}
