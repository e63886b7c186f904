import { join } from 'node:path';
import type { Override } from '../contract/index.ts';
import {
  checkOverride,
  findPair,
  proveOverride,
  readOverrides,
  removeOverride,
  saveOverride,
  type OverrideProof,
} from '../dataset/overrides/index.ts';
import { startEmbeddedServer } from '../postgres/embedded.ts';
import { withPipelineLock } from './spider-pipeline.ts';

export interface OverrideOptions {
  dataDir: string;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

export interface AcceptedOverride {
  override: Override;
  /** What it replaces in the example as converted. */
  original: { question: string; sql: string };
  /** Absent where only the question is corrected. */
  proof?: OverrideProof | undefined;
}

export function listOverrides(dataDir: string): Promise<Override[]> {
  return readOverrides(overridesFile(dataDir));
}

/**
 * Accepts a correction once its example exists and PostgreSQL has run its SQL. It is applied by the next
 * `data format` and `data split`.
 * @throws AppError saying what is wrong with it; nothing is stored then
 */
export async function setOverride(wanted: Override, options: OverrideOptions): Promise<AcceptedOverride> {
  const { dataDir } = options;
  const override = await checkOverride(wanted);
  const pair = await findPair(join(dataDir, 'processed', 'pairs.jsonl'), override.id);
  return withPipelineLock(dataDir, async () => {
    const { sql } = override;
    const proof = sql === undefined ? undefined : await proveOnServer({ ...pair, sql }, options);
    await saveOverride(overridesFile(dataDir), override);
    return { override, original: { question: pair.question, sql: pair.sql }, proof };
  });
}

/** @returns whether there was one */
export function dropOverride(dataDir: string, id: string): Promise<boolean> {
  return withPipelineLock(dataDir, () => removeOverride(overridesFile(dataDir), id));
}

async function proveOnServer(
  query: { dbId: string; sqliteSql: string; sql: string },
  { dataDir, signal, report }: OverrideOptions,
): Promise<OverrideProof> {
  report?.('running the SQL on PostgreSQL');
  // Without the signal: cancelled while it comes up, nobody would stop it. It takes a second or two.
  const server = await startEmbeddedServer({ dataDir: join(dataDir, 'cache', 'spider-server') });
  try {
    signal?.throwIfAborted();
    return await proveOverride({ ...query, server, spiderDir: join(dataDir, 'raw', 'spider') });
  } finally {
    await server.stop();
  }
}

function overridesFile(dataDir: string): string {
  return join(dataDir, 'overrides.jsonl');
}
