import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../contract/errors.ts';
import { bundledWorkerName } from './code-version.ts';
import type { ErrorPayload } from '../contract/errors.ts';
import type { WorkerReply, WorkerSetup, WorkerTask } from './worker-messages.ts';

/** Beside this file as a source; the build bundles it beside the program. */
const workerFile = join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? 'worker.ts' : bundledWorkerName,
);

export interface WorkerPool {
  /** Runs the tasks, as many at once as there are workers, in their order. Ends all work at the first error. */
  runAll(tasks: WorkerTask[], onReply: (reply: WorkerReply) => void): Promise<void>;
  /** Stops at once, whatever is running. */
  close(): Promise<void>;
}

/** Threads that convert: the caller's own thread only schedules. */
export function startWorkers(count: number, setup: WorkerSetup, signal?: AbortSignal): WorkerPool {
  const workers = Array.from({ length: count }, () => new Worker(workerFile, { workerData: setup }));
  return {
    runAll: async (tasks, onReply) => {
      const waiting = [...tasks];
      const work = async (worker: Worker) => {
        for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
          onReply(await runTask(worker, task, signal));
        }
      };
      await Promise.all(workers.map(work));
    },
    close: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}

/** @throws AppError what the worker reports, or INTERNAL where it broke down; an AbortError when cancelled */
function runTask(worker: Worker, task: WorkerTask, signal?: AbortSignal): Promise<WorkerReply> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const onMessage = (reply: WorkerReply) =>
      settle(() =>
        reply.kind === 'error' ? reject(describe(task, reply.error, reply.stack)) : resolve(reply),
      );
    const onError = (error: unknown) =>
      settle(() => reject(describe(task, AppError.from(error).toPayload(), error)));
    const onExit = (code: number) => settle(() => reject(describe(task, ended(code).toPayload())));
    const onAbort = () => settle(() => reject(signal?.reason as Error));
    if (signal?.aborted) return reject(signal.reason as Error);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal?.addEventListener('abort', onAbort);
    worker.postMessage(task);
  });
}

function ended(code: number): AppError {
  return new AppError('INTERNAL', `its worker thread ended with code ${code}`);
}

/** @param cause for the log: the thread's own error or its stack */
function describe(task: WorkerTask, error: ErrorPayload, cause?: unknown): AppError {
  // What the input lacks is said by its own message.
  const what = task.kind === 'database' ? `Converting the database ${task.dbId} failed: ` : '';
  return new AppError(error.code, `${what}${error.message}`, {
    hint: error.hint ?? 'Run `sqlcodegen data convert` again: databases that are finished are kept.',
    details: error.details,
    cause,
  });
}
