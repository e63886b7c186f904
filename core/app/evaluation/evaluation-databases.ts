import { AppError } from '../../contract/index.ts';
import { loadScript } from '../../demo/index.ts';
import {
  openDatabase,
  type Database,
  type EmbeddedServer,
  type EmbeddedServerManager,
} from '../../postgres/index.ts';
import { openSpiderDatabases, type SpiderDatabases } from '../open-spider-databases.ts';
import { ownDatabaseName, readOwnScript } from './own-databases.ts';

/** Connections that only a measurement asks for: `spider:DBID`, and `own:NAME` of data/own. */
export interface EvaluationDatabases {
  knows(connectionId: string): boolean;
  /**
   * For reading only. Opened ones are shared; the caller does not close them.
   * @throws AppError DATASET_MISSING where Spider was not imported, INVALID_INPUT for a database that there is not
   */
  open(connectionId: string, options: { signal?: AbortSignal | undefined }): Promise<Database>;
  close(): Promise<void>;
}

export interface EvaluationDatabasesOptions {
  /** Holds raw/, cache/ and own/. */
  datasetDir: string;
  /** The app's own server, for what is not Spider's. */
  server: EmbeddedServerManager;
}

const prefix = /^(spider|own):(\w+)$/;

/** Nothing is started before the first `open`. */
export function createEvaluationDatabases({
  datasetDir,
  server,
}: EvaluationDatabasesOptions): EvaluationDatabases {
  const opened = new Map<string, Promise<Database>>();
  let spider: Promise<SpiderDatabases> | undefined;
  const openSpider = async (dbId: string): Promise<Database> => {
    // Not this question's signal: the server serves the next one too.
    spider ??= openSpiderDatabases(datasetDir, new AbortController().signal);
    return (await spider).open(dbId);
  };
  const openOwn = async (name: string, signal: AbortSignal | undefined): Promise<Database> => {
    const running: EmbeddedServer = await server.server({ signal });
    await loadScript(running, ownDatabaseName(name), await readOwnScript(datasetDir, name), { signal });
    return openDatabase(running.targetOf(ownDatabaseName(name)));
  };
  const openNew = async (connectionId: string, signal?: AbortSignal): Promise<Database> => {
    const [, kind, name = ''] = prefix.exec(connectionId) ?? [];
    if (kind === 'spider') return openSpider(name);
    if (kind === 'own') return openOwn(name, signal);
    throw new AppError('NOT_FOUND', `There is no connection "${connectionId}".`);
  };
  return {
    knows: (connectionId) => prefix.test(connectionId),
    open: async (connectionId, { signal }) => {
      const database = opened.get(connectionId) ?? openNew(connectionId, signal);
      opened.set(connectionId, database);
      return database.catch((error: unknown) => {
        opened.delete(connectionId);
        throw error;
      });
    },
    close: async () => {
      const databases = await Promise.allSettled(opened.values());
      await Promise.all(
        databases.flatMap((each) => (each.status === 'fulfilled' ? [each.value.close()] : [])),
      );
      await (await spider?.catch(() => undefined))?.close();
    },
  };
}
