import { join } from 'node:path';
import { formatMutantTable, measureProof, type MutationReport } from '../conversion/mutants/index.ts';
import { openSpiderLoader, readPairs } from '../conversion/index.ts';
import { startEmbeddedServer } from '../postgres/embedded.ts';
import { expectDatabases } from './expect-databases.ts';
import { withPipelineLock } from './spider-pipeline.ts';

export { formatMutantTable };
export type { MutationReport };

export interface MeasureMutantsOptions {
  /** Holds raw/, processed/ and cache/. */
  dataDir: string;
  /** Measures this many queries instead of all. */
  sample?: number | undefined;
  /** Small random contents for mutants that nothing has caught. */
  searchSets?: number | undefined;
  dbIds?: string[] | undefined;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/**
 * Measures the conversion's proof by mutation, on the server that the conversion loaded the databases into.
 * @throws AppError DATASET_MISSING before `data convert`, INVALID_INPUT for a database that there is not
 */
export function measureImportedMutants(options: MeasureMutantsOptions): Promise<MutationReport> {
  const { dataDir, dbIds, signal } = options;
  return withPipelineLock(dataDir, async () => {
    expectDatabases(dbIds, await readPairs(join(dataDir, 'processed')));
    const server = await startEmbeddedServer({ dataDir: join(dataDir, 'cache', 'spider-server'), signal });
    try {
      return await measureProof({
        ...options,
        spiderDir: join(dataDir, 'raw', 'spider'),
        processedDir: join(dataDir, 'processed'),
        openLoader: () => openSpiderLoader(server),
      });
    } finally {
      await server.stop();
    }
  });
}
