/** Entry of the conversion's worker threads: one database at a time, on a PostgreSQL connection of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../contract/errors.ts';
import { describeFileError } from '../spider/file-errors.ts';
import { readExamples, spiderSplits } from '../spider/index.ts';
import { assemble } from './assemble.ts';
import { hashUnit } from './code-version.ts';
import { convertDatabase } from './convert-database.ts';
import { loadRewriter } from './rewrite.ts';
import { openSpiderConnection } from './spider-database.ts';
import { openUnitStore } from './unit-store.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { SpiderExample } from '../spider/index.ts';
import type { StoredUnit } from './unit-store.ts';
import type { AssembleTask, DatabaseTask, WorkerReply, WorkerSetup, WorkerTask } from './worker-messages.ts';

/** Far above what any query needs: running into it says something about the machine, not about the pair. */
const statementTimeoutMs = 300_000;

const setup = workerData as WorkerSetup;
const store = await openUnitStore(setup.unitsDir);
let opened: Promise<RowLoader> | undefined;

/** What was kept from an earlier run is found without a connection. */
function connect(): Promise<RowLoader> {
  opened ??= loadRewriter().then(() => openSpiderConnection(setup.target, { statementTimeoutMs }));
  return opened;
}

let grouped: Promise<Map<string, SpiderExample[]>> | undefined;

/** Spider's examples by database, in the order of their files. Each thread reads them once. */
function readByDatabase(): Promise<Map<string, SpiderExample[]>> {
  grouped ??= Promise.all(spiderSplits.map((split) => readExamples(setup.spiderDir, split))).then((splits) =>
    Map.groupBy(splits.flat(), (example) => example.dbId),
  );
  return grouped;
}

async function runPlan(): Promise<WorkerReply> {
  const databases = [...(await readByDatabase())].map(([dbId, own]) => ({ dbId, pairs: own.length }));
  return { kind: 'plan', databases };
}

async function prepare(dbId: string): Promise<{ examples: SpiderExample[]; key: string }> {
  const examples = (await readByDatabase()).get(dbId) ?? [];
  return { examples, key: await hashUnit(setup.spiderDir, dbId, [examples, setup.serverVersion]) };
}

async function runDatabase({ dbId }: DatabaseTask): Promise<WorkerReply> {
  const { examples, key } = await prepare(dbId);
  const isReused = (await store.read(dbId, key)) !== undefined;
  if (!isReused) {
    await store.write(await convertDatabase(dbId, examples, { ...setup, loader: await connect() }), key);
  }
  return { kind: 'database', dbId, pairs: examples.length, isReused };
}

async function runAssembly({ dbIds, folder }: AssembleTask): Promise<WorkerReply> {
  const units: StoredUnit[] = [];
  for (const dbId of dbIds) {
    const unit = await store.read(dbId, (await prepare(dbId)).key);
    if (unit === undefined) throw new Error(`The result of ${dbId} has gone.`);
    units.push(unit);
  }
  return { kind: 'assemble', report: await assemble(units, store, folder) };
}

async function answer(task: WorkerTask): Promise<WorkerReply> {
  try {
    if (task.kind === 'plan') return await runPlan();
    return task.kind === 'database' ? await runDatabase(task) : await runAssembly(task);
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    return {
      kind: 'error',
      error: AppError.from(describeFileError(error, setup.unitsDir)).toPayload(),
      stack,
    };
  }
}

parentPort?.on('message', (task: WorkerTask) => {
  void answer(task).then((reply) => parentPort?.postMessage(reply));
});
