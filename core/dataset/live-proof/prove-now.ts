import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, type LiveProof, type ProvenPair } from '../../contract/index.ts';
import { spiderDatabaseName } from '../../conversion/spider-database.ts';
import { startEmbeddedServer } from '../../postgres/embedded.ts';
import type { DatasetFolder } from '../reading/dataset-folder.ts';
import { refuseUnsafe } from '../refuse-unsafe.ts';
import { notLoaded, type LiveQuery } from './live-query.ts';
import type { LiveReply } from './worker.ts';

/** From source the thread's program is the TypeScript file; the build bundles it beside the program. */
const program = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './live-proof-worker.js',
  import.meta.url,
);

/** For PostgreSQL's statements; the whole proof gets a little more. In milliseconds. */
const statementTimeoutMs = 10_000;
const proofTimeoutMs = 15_000;
/** An answer that needs more is no answer to a question. */
const maxHeapMb = 512;

export interface ProveNowOptions {
  folder: DatasetFolder;
  pair: Pick<ProvenPair, 'dbId' | 'sqliteSql'>;
  /** PostgreSQL's SQL: the example's own, or another that is to be tried in its place. */
  sql: string;
  signal: AbortSignal;
}

/**
 * Asks both engines now, on the rows that the conversion loaded. What an engine refuses is part of the answer.
 * @throws AppError DATASET_MISSING where those rows are not there, SQL_TIMEOUT after 15 seconds, CANCELLED,
 * OUT_OF_MEMORY, SQL_SYNTAX or SQL_NOT_READ_ONLY for a statement that may not run
 */
export async function proveNow({ folder, pair, sql, signal }: ProveNowOptions): Promise<LiveProof> {
  await refuseUnsafe(sql);
  const serverDir = join(folder.root, 'cache', 'spider-server');
  // Starting would make an empty server where there is none.
  if ((await stat(serverDir).catch(() => undefined)) === undefined) throw notLoaded(pair.dbId);
  const server = await startEmbeddedServer({ dataDir: serverDir, signal });
  try {
    return await runWorker(
      {
        spiderDir: folder.spiderDir,
        dbId: pair.dbId,
        sqliteSql: pair.sqliteSql,
        sql,
        owner: server.adminTargetOf(spiderDatabaseName),
        reader: server.targetOf(spiderDatabaseName),
        timeoutMs: statementTimeoutMs,
      },
      signal,
    );
  } finally {
    await server.stop();
  }
}

function runWorker(query: LiveQuery, signal: AbortSignal): Promise<LiveProof> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(proofTimeoutMs)]);
  return new Promise<LiveProof>((resolve, reject) => {
    stop.throwIfAborted();
    const worker = new Worker(program, {
      workerData: query,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    });
    const end = (settle: () => void): void => {
      stop.removeEventListener('abort', onAbort);
      // A thread inside SQLite hears of it when its statement ends, so it is not waited for.
      worker.unref();
      void worker
        .removeAllListeners()
        .on('error', () => undefined)
        .terminate();
      settle();
    };
    const onAbort = (): void => end(() => reject(signal.aborted ? (signal.reason as Error) : timedOut()));
    stop.addEventListener('abort', onAbort, { once: true });
    worker.once('message', (reply: LiveReply) =>
      end(() => ('proof' in reply ? resolve(reply.proof) : reject(AppError.fromPayload(reply.error)))),
    );
    worker.once('error', (error) => end(() => reject(describeCrash(error))));
    worker.once('exit', (code) =>
      end(() => reject(new Error(`The proof's thread ended with code ${code}.`))),
    );
  });
}

function timedOut(): AppError {
  return new AppError('SQL_TIMEOUT', `The engines did not answer within ${proofTimeoutMs / 1000} s.`, {
    hint: 'Perhaps a join lacks its condition.',
  });
}

function describeCrash(error: unknown): unknown {
  if ((error as { code?: string }).code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new AppError('OUT_OF_MEMORY', `The answer does not fit into ${maxHeapMb} MB.`, {
    hint: 'Add a LIMIT, or the missing condition of a join.',
    cause: error,
  });
}
