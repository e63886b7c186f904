import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../contract/index.ts';
import { ensureLoaded, openSpiderLoader } from '../conversion/index.ts';
import { readLoadMark } from '../conversion/load-once.ts';
import { toPostgresName } from '../conversion/names.ts';
import { openDatabase, startEmbeddedServer, type Database, type EmbeddedServer } from '../postgres/index.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import { sqliteFileOf } from '../spider/layout.ts';
import { grantSpiderReader, targetOfSpiderReader } from './evaluation/spider-reader.ts';
import { withPipelineLock } from './spider-pipeline.ts';

export interface SpiderDatabases {
  /**
   * One of Spider's databases on PostgreSQL, for reading only and as if there were no other; loads it first where that
   * has not been done.
   * @throws AppError INVALID_INPUT for a database that there is not, CONFLICT where it must be loaded while another
   * run works on the dataset
   */
  open(dbId: string): Promise<Database>;
  /** The server that they are on. */
  server: Pick<EmbeddedServer, 'adminTargetOf'>;
  close(): Promise<void>;
}

/**
 * Starts the server that the conversion loads Spider's databases into, or attaches to it.
 * @throws AppError DATASET_MISSING where no Spider has been imported
 */
export async function openSpiderDatabases(dataDir: string, signal: AbortSignal): Promise<SpiderDatabases> {
  const spiderDir = join(dataDir, 'raw', 'spider');
  if (!existsSync(join(spiderDir, 'database'))) throw notImported(dataDir);
  const server = await startEmbeddedServer({ dataDir: join(dataDir, 'cache', 'spider-server'), signal });
  const loader = await openSpiderLoader(server).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return {
    open: async (dbId) => {
      const namespace = await ensureReadable(loader, server, dataDir, dbId);
      return openDatabase(targetOfSpiderReader(server, namespace));
    },
    server,
    close: () => closeAll(loader, server),
  };
}

async function closeAll(loader: RowLoader, server: EmbeddedServer): Promise<void> {
  try {
    await loader.close();
  } finally {
    await server.stop();
  }
}

/** Whatever code loaded it: `data convert` loads anew what its proofs need anew. */
async function ensureReadable(
  loader: RowLoader,
  server: EmbeddedServer,
  dataDir: string,
  dbId: string,
): Promise<string> {
  const spiderDir = join(dataDir, 'raw', 'spider');
  const mark = await readLoadMark(loader, toPostgresName(dbId));
  if (mark === undefined && !existsSync(sqliteFileOf(spiderDir, dbId))) throw unknownDatabase(dbId);
  const { namespace } =
    mark?.database ?? (await withPipelineLock(dataDir, () => ensureLoaded(loader, spiderDir, dbId)));
  await grantSpiderReader(loader, server, namespace);
  return namespace;
}

function notImported(dataDir: string): AppError {
  return new AppError('DATASET_MISSING', `No Spider has been imported into ${dataDir}.`, {
    hint: 'Run `sqlcodegen data all FILE` with spider.zip first.',
  });
}

function unknownDatabase(dbId: string): AppError {
  return new AppError('INVALID_INPUT', `There is no database ${dbId} in the imported Spider.`, {
    hint: "Give the dbId of the dataset's example.",
  });
}
