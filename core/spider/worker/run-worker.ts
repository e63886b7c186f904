import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../contract/errors.ts';
import type { TaskInput, TaskName, TaskOutput, TaskReply } from './tasks.ts';

/** From source the thread's program is the TypeScript file; the bundle has it beside its entry point. */
const isBundled = !import.meta.url.endsWith('.ts');
const program = new URL(isBundled ? './spider-worker.js' : './spider-worker.ts', import.meta.url);

/** More threads than this wait for the disk, not for a processor. */
const maxWorkers = 4;

/** A thread that reads SQLite, which blocks. It does one task at a time. */
export interface SpiderWorker {
  run<Name extends TaskName>(
    task: Name,
    input: TaskInput<Name>,
    onEvent?: (event: unknown) => void,
  ): Promise<TaskOutput<Name>>;
  /** Ends the thread as soon as it leaves SQLite, and what it runs with `reason`; the next task gets a new thread. */
  kill(reason: unknown): void;
}

export interface WorkersOptions {
  signal?: AbortSignal | undefined;
  /** Threads; as many as there are processors by default, at most 4. They start when there is work for them. */
  count?: number | undefined;
}

/** Threads for one piece of work. */
export interface SpiderWorkers {
  /** One task, on the first thread. */
  run: SpiderWorker['run'];
  /** Works through `items` on all threads; the results stand in the order of the items. */
  map<Item, Result>(
    items: Item[],
    work: (worker: SpiderWorker, item: Item) => Promise<Result>,
  ): Promise<Result[]>;
}

/** Lends threads to `work`, and ends them when it is done, fails or is cancelled. */
export async function withWorkers<Result>(
  { signal, count = Math.min(availableParallelism(), maxWorkers) }: WorkersOptions,
  work: (workers: SpiderWorkers) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const first = startWorker();
  const workers = [first, ...Array.from({ length: count - 1 }, startWorker)];
  const killAll = () => workers.forEach((worker) => worker.kill(signal?.reason));
  signal?.addEventListener('abort', killAll);
  try {
    return await work({ run: first.run, map: (items, each) => mapItems(workers, items, each, signal) });
  } finally {
    signal?.removeEventListener('abort', killAll);
    workers.forEach((worker) => worker.kill(new Error('The work is over.')));
  }
}

async function mapItems<Item, Result>(
  workers: SpiderWorker[],
  items: Item[],
  work: (worker: SpiderWorker, item: Item) => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const workOff = async (worker: SpiderWorker) => {
    for (const [index, item] of queue) {
      signal?.throwIfAborted();
      results[index] = await work(worker, item);
    }
  };
  await Promise.all(workers.map(workOff));
  return results;
}

function startWorker(): SpiderWorker {
  let thread: Worker | undefined;
  let fail: (reason: unknown) => void = () => undefined;
  return {
    run: (task, input, onEvent) =>
      new Promise((resolve, reject) => {
        fail = reject;
        thread ??= new Worker(program);
        thread.removeAllListeners('message');
        thread.on('message', (reply: TaskReply) => {
          if ('event' in reply) onEvent?.(reply.event);
          else if ('error' in reply) reject(AppError.fromPayload(reply.error));
          else resolve(reply.output as TaskOutput<typeof task>);
        });
        thread.removeAllListeners('error').once('error', (error) => {
          thread = undefined;
          reject(error);
        });
        thread.postMessage({ task, input });
      }),
    kill: (reason) => {
      // Not waited for: a thread inside SQLite hears of it when its statement ends.
      thread?.unref();
      void thread
        ?.removeAllListeners()
        .on('error', () => undefined)
        .terminate();
      thread = undefined;
      fail(reason);
    },
  };
}
