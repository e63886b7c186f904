import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AppError, hasEnded, type Job } from '../contract/index.ts';
import type { JobRows, StoredJob } from '../store/index.ts';
import { createJobChanges, type JobChanges } from './job-changes.ts';
import type { JobDefinition, JobResource } from './job-definition.ts';
import { createJobFiles, type JobFiles } from './job-files.ts';
import { createJobReport } from './job-report.ts';
import { isOwnerRunning, thisProcess } from './owner.ts';

export interface JobsOptions {
  rows: JobRows;
  /** The app's own data: jobs/ in it holds their logs and metrics. */
  dataDir: string;
}

/** Starts a job of one kind; it is queued, and its work begins after this returns. */
export type StartJob<I> = (input: I) => Job;

export interface Jobs {
  /** Once for each kind, before any of its jobs is resumed. */
  define<I>(definition: JobDefinition<I>): StartJob<I>;
  /** Newest first. */
  list(): Job[];
  find(id: string): Job | undefined;
  /** @throws AppError NOT_FOUND */
  get(id: string): Job;
  /** Does nothing where it has ended. @throws AppError NOT_FOUND, CONFLICT where another process runs it */
  cancel(id: string): Job;
  /** @throws AppError NOT_FOUND, CONFLICT */
  resume(id: string): Job;
  /** @throws AppError NOT_FOUND, CONFLICT where it has not ended */
  remove(id: string): void;
  files: JobFiles;
  changes: JobChanges;
  /** Whether this process runs it. */
  isOurs(id: string): boolean;
  /** Ends all that runs here: it is `interrupted` and can be resumed. Waits for it, at most ten seconds. */
  close(): Promise<void>;
}

/** A job of this process, from its start to its end. */
interface LiveJob {
  job: StoredJob;
  definition: JobDefinition<unknown>;
  controller: AbortController;
  /** Fulfilled when its work has stopped. */
  ended: Promise<void>;
}

const longestCloseMs = 10_000;

/** Jobs that an ended process left become `interrupted` at once. */
export function createJobs({ rows, dataDir }: JobsOptions): Jobs {
  const definitions = new Map<string, JobDefinition<unknown>>();
  const live = new Map<string, LiveJob>();
  const waiting: LiveJob[] = [];
  const busy = new Set<JobResource>();
  const files = createJobFiles(join(dataDir, 'jobs'));
  const changes = createJobChanges();
  let isClosed = false;
  let isClosing = false;

  const save = (job: StoredJob) => {
    if (isClosed) return;
    rows.put(job);
    changes.tell(job.id);
  };

  const settle = (job: StoredJob): StoredJob => {
    const isOrphan = !hasEnded(job) && (job.owner === thisProcess || !isOwnerRunning(job.owner));
    if (!isOrphan) return job;
    const interrupted = { ...job, state: 'interrupted' as const, endedAt: new Date().toISOString() };
    save(interrupted);
    return interrupted;
  };
  const findStored = (id: string): StoredJob | undefined => {
    const running = live.get(id)?.job;
    if (running) return running;
    const kept = rows.get(id);
    return kept && settle(kept);
  };
  const getStored = (id: string): StoredJob => {
    const job = findStored(id);
    if (job) return job;
    throw new AppError('NOT_FOUND', 'This job is not in the list any more.', {
      hint: 'It was removed; what it made is kept where it belongs.',
    });
  };

  const describe = ({ input, owner: _, ...job }: StoredJob): Job => {
    const definition = definitions.get(job.kind);
    const isOpen = hasEnded(job) && job.state !== 'succeeded';
    const subjectId = subjectOf(definition, input);
    return {
      ...job,
      ...(subjectId !== undefined && { subjectId }),
      canResume: isOpen && definition?.canResume === true,
      keepsWork: definition?.keepsWork === true,
    };
  };

  const change = (running: LiveJob, changed: Partial<StoredJob>) => {
    running.job = { ...running.job, ...changed };
    save(running.job);
  };

  const finish = (running: LiveJob, changed: Partial<StoredJob>) => {
    change(running, { ...changed, endedAt: new Date().toISOString() });
    live.delete(running.job.id);
    const { resource } = running.definition;
    if (resource) busy.delete(resource);
    startWaiting();
  };

  const fail = (running: LiveJob, thrown: unknown) => {
    if (isClosing) return finish(running, { state: 'interrupted' });
    const error = AppError.from(thrown).toPayload();
    // By its own signal, or in another way: a run can be cancelled by another process of the app.
    if (running.controller.signal.aborted || error.code === 'CANCELLED') {
      return finish(running, { state: 'cancelled' });
    }
    files.addLog(running.job.id, error.message, 'error');
    finish(running, { state: 'failed', error });
  };

  const begin = async (running: LiveJob) => {
    change(running, { state: 'preparing', startedAt: new Date().toISOString() });
    const report = createJobReport({
      files,
      changes,
      read: () => running.job,
      set: (changed) => void (running.job = { ...running.job, ...changed }),
      save: () => save(running.job),
    });
    try {
      const input = running.definition.input.parse(running.job.input);
      const { id: jobId, attempt } = running.job;
      const { signal } = running.controller;
      await running.definition.run(input, { jobId, attempt, signal, report });
      finish(running, { state: 'succeeded' });
    } catch (thrown) {
      fail(running, thrown);
    }
  };

  const startWaiting = () => {
    if (isClosing) return;
    for (const next of [...waiting]) {
      const { resource } = next.definition;
      if (resource && busy.has(resource)) continue;
      if (resource) busy.add(resource);
      waiting.splice(waiting.indexOf(next), 1);
      next.ended = Promise.resolve().then(() => begin(next));
    }
  };

  const enqueue = (definition: JobDefinition<unknown>, job: StoredJob): Job => {
    if (isClosing) throw new AppError('CONFLICT', 'The app is closing.', { hint: 'Start it again first.' });
    const running = { job, definition, controller: new AbortController(), ended: Promise.resolve() };
    live.set(job.id, running);
    waiting.push(running);
    save(job);
    startWaiting();
    return describe(job);
  };

  const leaveQueue = (running: LiveJob, state: 'cancelled' | 'interrupted') => {
    waiting.splice(waiting.indexOf(running), 1);
    change(running, { state, endedAt: new Date().toISOString() });
    live.delete(running.job.id);
  };

  for (const job of rows.list()) settle(job);
  return {
    define(definition) {
      // Its input is checked by its own schema before `title` and `run` get it.
      const untyped = definition as unknown as JobDefinition<unknown>;
      definitions.set(definition.kind, untyped);
      return (input) =>
        enqueue(untyped, {
          ...{ id: randomUUID(), kind: definition.kind, title: definition.title(input), input },
          ...{ state: 'queued', createdAt: new Date().toISOString(), attempt: 1, owner: thisProcess },
        });
    },
    list: () => rows.list().map((job) => describe(live.get(job.id)?.job ?? settle(job))),
    find(id) {
      const job = findStored(id);
      return job && describe(job);
    },
    get: (id) => describe(getStored(id)),
    cancel(id) {
      const job = getStored(id);
      const running = live.get(id);
      if (!running && !hasEnded(job)) throw runsElsewhere();
      if (running && waiting.includes(running)) leaveQueue(running, 'cancelled');
      else if (running && job.state !== 'cancelling') {
        change(running, { state: 'cancelling' });
        running.controller.abort();
      }
      return describe(getStored(id));
    },
    resume(id) {
      const job = getStored(id);
      const definition = definitions.get(job.kind);
      if (!definition || !describe(job).canResume) throw cannotResume(describe(job));
      const { error: _, endedAt: __, startedAt: ___, stopped: ____, ...kept } = job;
      return enqueue(definition, { ...kept, state: 'queued', attempt: job.attempt + 1, owner: thisProcess });
    },
    remove(id) {
      if (!hasEnded(getStored(id))) throw stillRuns();
      rows.remove(id);
      files.remove(id);
      changes.tell(id);
    },
    files,
    changes,
    isOurs: (id) => live.has(id),
    async close() {
      isClosing = true;
      for (const running of [...waiting]) leaveQueue(running, 'interrupted');
      for (const { controller } of live.values()) controller.abort();
      await endedOrLate([...live.values()].map(({ ended }) => ended));
      for (const running of live.values()) change(running, { state: 'interrupted' });
      isClosed = true;
    },
  };
}

/** A job of an earlier version may have been given something else. */
function subjectOf(definition: JobDefinition<unknown> | undefined, input: unknown): string | undefined {
  const read = definition?.subject && definition.input.safeParse(input);
  return read?.success ? definition?.subject?.(read.data) : undefined;
}

async function endedOrLate(ended: readonly Promise<void>[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, longestCloseMs)));
  await Promise.race([Promise.allSettled(ended), late]);
  clearTimeout(timer);
}

function runsElsewhere(): AppError {
  return new AppError('CONFLICT', 'Another process of the app runs this job.', {
    hint: 'Cancel it in the window or terminal that started it.',
  });
}

function stillRuns(): AppError {
  return new AppError('CONFLICT', 'This job has not ended.', { hint: 'Cancel it first.' });
}

function cannotResume({ state }: Job): AppError {
  const message = hasEnded({ state }) ? 'This job cannot be resumed.' : 'This job has not ended.';
  return new AppError('CONFLICT', message, { hint: 'Start a new one instead.' });
}
