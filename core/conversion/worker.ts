/** Entry of the conversion's worker threads: one database at a time, on a PostgreSQL connection of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../contract/errors.ts';
import { assemble } from './assemble.ts';
import { hashUnit } from './code-version.ts';
import { convertDatabase } from './convert-database.ts';
import { loadRewriter } from './rewrite.ts';
import { openSpiderConnection } from './spider-database.ts';
import { openUnitStore } from './unit-store.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { SpiderExample } from '../spider/index.ts';
import type { AssembleTask, DatabaseTask, WorkerReply, WorkerSetup, WorkerTask } from './worker-messages.ts';

const setup = workerData as WorkerSetup;
const store = await openUnitStore(setup.unitsDir);
let opened: Promise<RowLoader> | undefined;

/** What was kept from an earlier run is found without a connection. */
function connect(): Promise<RowLoader> {
  opened ??= loadRewriter().then(() => openSpiderConnection(setup.target));
  return opened;
}

function hashTask(dbId: string, examples: SpiderExample[]): Promise<string> {
  return hashUnit(setup.spiderDir, dbId, [examples, setup.serverVersion]);
}

async function runDatabase({ dbId, examples }: DatabaseTask): Promise<WorkerReply> {
  const key = await hashTask(dbId, examples);
  const isReused = (await store.read(dbId, key)) !== undefined;
  if (!isReused)
    await store.write(await convertDatabase(dbId, examples, { ...setup, loader: await connect() }), key);
  return { kind: 'database', dbId, pairs: examples.length, isReused };
}

async function runAssembly({ databases, folder }: AssembleTask): Promise<WorkerReply> {
  const units = await Promise.all(
    databases.map(async ({ dbId, examples }) => {
      const unit = await store.read(dbId, await hashTask(dbId, examples));
      if (unit === undefined) throw new Error(`The result of ${dbId} has gone.`);
      return unit;
    }),
  );
  return { kind: 'assemble', report: await assemble(units, store, folder) };
}

async function answer(task: WorkerTask): Promise<WorkerReply> {
  try {
    return task.kind === 'database' ? await runDatabase(task) : await runAssembly(task);
  } catch (error) {
    return { kind: 'error', error: AppError.from(error).toPayload() };
  }
}

parentPort?.on('message', (task: WorkerTask) => {
  void answer(task).then((reply) => parentPort?.postMessage(reply));
});
