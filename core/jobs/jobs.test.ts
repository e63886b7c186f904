import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, hasEnded, type Job, type JobMetric } from '../contract/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { createJobs, createJobsHandlers, openLineFile, type Jobs } from './index.ts';
import { createCountingJob } from './testing/counting-job.ts';
import { startCountingProcess } from './testing/start-counting-process.ts';

let dataDir: string;
let store: Store;
let jobs: Jobs;
const { signal } = new AbortController();

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'jobs-'));
  open();
});
afterEach(async () => {
  await jobs.close();
  store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function open(): void {
  store = openStore({ file: join(dataDir, 'studio.sqlite') });
  jobs = createJobs({ rows: store.jobs, dataDir });
}

/** As a page would: every metric and the last that was told of the job. */
async function watch(
  jobId: string,
  options: { afterSeq?: number; until?: (metrics: number) => boolean } = {},
) {
  const metrics: JobMetric[] = [];
  let [job, lines]: [Job | undefined, number] = [undefined, 0];
  const input = { jobId, afterSeq: options.afterSeq ?? 0 };
  for await (const item of createJobsHandlers({ jobs })['jobs.watch'](input, { signal })) {
    if (item.kind === 'metrics') metrics.push(...(item.metrics as JobMetric[]));
    else if (item.kind === 'job') job = item.job;
    else lines = item.lines;
    if (options.until?.(metrics.length)) break;
  }
  return { seqs: metrics.map(({ seq }) => seq), job, lines };
}

const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('a job', () => {
  it('goes through its states, and keeps its metrics, its log and what it made', async () => {
    const start = jobs.define(createCountingJob());
    const queued = start({ to: 20 });
    expect(queued).toMatchObject({ state: 'queued', title: 'Count to 20', attempt: 1, canResume: false });
    const { seqs, job, lines } = await watch(queued.id);
    expect(seqs).toEqual(oneTo(20));
    expect(lines).toBe(1);
    expect(job).toMatchObject({
      ...{ state: 'succeeded', resultId: 'all of them', canResume: false },
      progress: { done: 20, total: 20, remainingMs: 0 },
    });
    expect(Date.parse(job?.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(job?.startedAt ?? ''));
    expect(jobs.list()).toEqual([job]);
  });

  it('says what it works on from its start, in a list and after a restart', async () => {
    const counting = createCountingJob({ subject: ({ to }) => `the numbers up to ${to}` });
    const { id, subjectId } = jobs.define(counting)({ to: 1 });
    expect(subjectId).toBe('the numbers up to 1');
    await watch(id);
    await jobs.close();
    store.close();
    open();
    jobs.define(counting);
    expect(jobs.list()).toMatchObject([{ id, subjectId: 'the numbers up to 1' }]);
  });

  it('that throws has failed, and says why', async () => {
    const failing = createCountingJob({ run: () => Promise.reject(new Error('No more numbers.')) });
    const { id } = jobs.define(failing)({ to: 1 });
    const { job } = await watch(id);
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'INTERNAL', message: 'No more numbers.' },
      canResume: true,
    });
    expect(jobs.files.log(id, 0, 10)).toMatchObject([{ level: 'error', text: 'No more numbers.' }]);
  });

  it('is cancelled while it runs, and goes on from there when it is resumed', async () => {
    const start = jobs.define(createCountingJob());
    const { id } = start({ to: 300, stepMs: 2 });
    await watch(id, { until: (metrics) => metrics > 3 });
    expect(jobs.cancel(id).state).toBe('cancelling');
    const cancelled = await watch(id);
    expect(cancelled.job).toMatchObject({ state: 'cancelled', canResume: true });
    expect(cancelled.seqs.length).toBeLessThan(300);
    expect(jobs.resume(id)).toMatchObject({ state: 'queued', attempt: 2 });
    const whole = await watch(id);
    expect(whole.seqs).toEqual(oneTo(300));
    expect(whole.job).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect(() => jobs.resume(id)).toThrow('cannot be resumed');
  });

  it('is cancelled, not failed, where its own work says that it was cancelled', async () => {
    const elsewhere = new AppError('CANCELLED', 'Another process of the app cancelled it.');
    const { id } = jobs.define(createCountingJob({ run: () => Promise.reject(elsewhere) }))({ to: 1 });
    const { job } = await watch(id);
    expect(job).toMatchObject({ state: 'cancelled' });
    expect(job?.error).toBeUndefined();
  });

  it('is removed with its files once it has ended, and not before', async () => {
    const start = jobs.define(createCountingJob());
    const { id } = start({ to: 1_000, stepMs: 5 });
    expect(() => jobs.remove(id)).toThrow('has not ended');
    jobs.cancel(id);
    await watch(id);
    jobs.remove(id);
    expect(() => jobs.get(id)).toThrow('not in the list');
    expect(jobs.files.countLog(id)).toBe(0);
  });
});

describe('two that share a resource', () => {
  it('run one after another; a third that does not, beside them', async () => {
    const startOne = jobs.define(createCountingJob({ resource: 'model' }));
    const startOther = jobs.define(createCountingJob({ kind: 'dataset' }));
    const [first, second] = [startOne({ to: 100_000, stepMs: 5 }), startOne({ to: 1 })];
    const other = startOther({ to: 1 });
    expect((await watch(other.id)).job?.state).toBe('succeeded');
    expect(jobs.get(second.id).state).toBe('queued');
    expect(hasEnded(jobs.get(first.id))).toBe(false);
    jobs.cancel(first.id);
    const { job } = await watch(second.id);
    expect(job?.state).toBe('succeeded');
    expect(Date.parse(job?.startedAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(jobs.get(first.id).endedAt ?? ''),
    );
  });

  it('the waiting one is cancelled without having run', async () => {
    const run = vi.fn(() => new Promise<void>(() => undefined));
    const start = jobs.define(createCountingJob({ resource: 'model', run }));
    start({ to: 1 });
    const waiting = start({ to: 2 });
    expect(jobs.cancel(waiting.id).state).toBe('cancelled');
    await Promise.resolve();
    expect(run).toHaveBeenCalledTimes(1);
    vi.useFakeTimers();
    const closed = jobs.close();
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    await closed;
    open();
    expect(jobs.list().map(({ state }) => state)).toEqual(['cancelled', 'interrupted']);
  });
});

describe('watching', () => {
  it('never stops a job, and going on after a number gives every metric once', async () => {
    const start = jobs.define(createCountingJob());
    const { id } = start({ to: 400, stepMs: 2 });
    const first = await watch(id, { until: (metrics) => metrics > 5 });
    const second = await watch(id, { afterSeq: first.seqs.length, until: (metrics) => metrics > 5 });
    const rest = await watch(id, { afterSeq: first.seqs.length + second.seqs.length });
    expect([...first.seqs, ...second.seqs, ...rest.seqs]).toEqual(oneTo(400));
    expect(rest.job?.state).toBe('succeeded');
  });

  it('of all tells what there is, what changes and what goes', async () => {
    const start = jobs.define(createCountingJob());
    const { id } = start({ to: 1 });
    const seen: string[] = [];
    for await (const item of createJobsHandlers({ jobs })['jobs.watchAll']({}, { signal })) {
      seen.push(item.kind === 'changed' ? `changed ${item.job.state}` : item.kind);
      if (item.kind === 'changed' && hasEnded(item.job)) jobs.remove(id);
      if (item.kind === 'removed') break;
    }
    expect([seen[0], ...seen.slice(-2)]).toEqual(['all', 'changed succeeded', 'removed']);
  });
});

describe('an app that ends', () => {
  it('in good order leaves its jobs interrupted, and they are resumed at the next start', async () => {
    const counting = createCountingJob();
    const { id } = jobs.define(counting)({ to: 200, stepMs: 2 });
    await watch(id, { until: (metrics) => metrics > 3 });
    await jobs.close();
    store.close();
    open();
    expect(jobs.get(id)).toMatchObject({ state: 'interrupted', canResume: false });
    jobs.define(counting);
    expect(jobs.get(id).canResume).toBe(true);
    jobs.resume(id);
    expect((await watch(id)).seqs).toEqual(oneTo(200));
  });

  it('by being killed leaves what was measured; while it runs its job is watched from here too', async () => {
    const { jobId: id, kill } = await startCountingProcess(dataDir);
    const { seqs } = await watch(id, { until: (metrics) => metrics > 10 });
    expect(jobs.get(id).state).toBe('running');
    expect(() => jobs.cancel(id)).toThrow('Another process');
    await kill();
    const { job, seqs: all } = await watch(id);
    expect(job).toMatchObject({ state: 'interrupted', progress: { total: 1_000_000 } });
    expect(all.slice(0, seqs.length)).toEqual(seqs);
    expect(all).toEqual(oneTo(all.length));
  });

  it('in the middle of a line leaves the lines before it, and the next one is whole', () => {
    const path = join(dataDir, 'lines.jsonl');
    writeFileSync(path, '{"a":1}\n{"a":');
    const file = openLineFile(path);
    expect(file.count()).toBe(1);
    file.append({ a: 2 });
    expect(file.read(0, 10)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"a":2}\n');
  });
});
