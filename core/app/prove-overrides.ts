import { join } from 'node:path';
import { proveOverride, settleOverrides, type ProveSql } from '../dataset/overrides/index.ts';
import type { StageContext } from '../dataset/stages/index.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../postgres/embedded.ts';
import type { Places } from './stages/stage-part.ts';

/** Checks the file of corrections before a stage uses it; the server comes up only for SQL that has no proof. */
export function settleOverridesFile(places: Places, context: StageContext): Promise<void> {
  const { overridesFile, processedDir } = places;
  return withProver(places, context, (prove) =>
    settleOverrides({ overridesFile, processedDir, prove, signal: context.signal }),
  );
}

/** Lends what runs a corrected SQL on PostgreSQL: the server is started at its first call, and stopped at the end. */
export async function withProver<T>(
  { spiderDir, cacheDir }: Pick<Places, 'spiderDir' | 'cacheDir'>,
  { signal, report }: StageContext,
  work: (prove: ProveSql) => Promise<T>,
): Promise<T> {
  let server: EmbeddedServer | undefined;
  try {
    return await work(async (query) => {
      report?.('running the corrected SQL on PostgreSQL');
      server ??= await startEmbeddedServer({ dataDir: join(cacheDir, 'spider-server'), signal });
      signal?.throwIfAborted();
      return proveOverride({ ...query, server, spiderDir });
    });
  } finally {
    await server?.stop();
  }
}
