import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectInMemory, createCore, type Core } from '../../app/index.ts';
import {
  evaluationMetricSchema,
  type CoreClient,
  type EvaluationRequest,
  type Job,
} from '../../contract/index.ts';
import { openLineFile } from '../../jobs/index.ts';
import { createRunFolder } from './run-folder.ts';

let dir: string;
let core: Core;
let client: CoreClient;
let disconnect: () => void;

async function open(): Promise<void> {
  core = await createCore({ dataDir: join(dir, 'data'), datasetDir: join(dir, 'dataset'), version: 'test' });
  ({ client, close: disconnect } = connectInMemory(core.handlers));
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'evaluations-'));
  await open();
}, 120_000);
afterAll(async () => {
  disconnect();
  await core.close();
  rmSync(dir, { recursive: true, force: true });
});

const request: EvaluationRequest = { split: 'demo', db: 'ecommerce', limit: 3, mode: 'constrained' };

/** @param until of the questions asked so far: then it is left, without stopping it */
async function watch(jobId: string, until: (asked: number) => boolean = () => false) {
  const asked: string[] = [];
  let job: Job | undefined;
  for await (const item of client['jobs.watch']({ jobId })) {
    if (item.kind === 'job') job = item.job;
    if (item.kind === 'metrics')
      asked.push(...item.metrics.map(({ value }) => evaluationMetricSchema.parse(value).id));
    if (until(asked.length)) break;
  }
  return { asked, job };
}

async function measure(more: Partial<EvaluationRequest> = {}) {
  const { id, jobId } = await client['evaluation.start']({ ...request, ...more });
  return { id, jobId, ...(await watch(jobId)) };
}

describe('a kept run', { timeout: 120_000 }, () => {
  it('is a job that leaves a report, a list entry and files to take away', async () => {
    const { id, asked, job } = await measure();
    expect(job).toMatchObject({ state: 'succeeded', kind: 'evaluation', resultId: id });
    expect(asked).toHaveLength(3);
    const { summary, report } = await client['evaluation.report']({ id });
    expect(summary).toMatchObject({ state: 'succeeded', n: 3, total: 3, mode: 'constrained', request });
    expect(summary.spentMs).toBeGreaterThan(0);
    expect(report.rows.map((row) => row.id)).toEqual(asked);
    expect(summary.execution).toEqual(report.execution.all);
    expect((await client['evaluation.list']({}))[0]).toEqual(summary);
    const json = await client['evaluation.export']({ id, format: 'json' });
    expect(JSON.parse(json.text)).toEqual(JSON.parse(JSON.stringify(report)));
    const html = await client['evaluation.export']({ id, format: 'html' });
    expect(html.text.match(/<article/g)).toHaveLength(3);
    expect(html.fileName).toMatch(/^evaluation-demo-constrained-.+\.html$/);
  });

  it('runs both statements of a question again, and says why one does not run', async () => {
    const { id } = await measure({ limit: 1 });
    const questionId = (await client['evaluation.report']({ id })).report.rows[0]?.id ?? '';
    const both = await client['evaluation.runQuestion']({ id, questionId });
    expect(both.gold.result?.rows.length).toBeGreaterThan(0);
    expect(both.predicted.result ?? both.predicted.error).toBeDefined();
    await expect(client['evaluation.runQuestion']({ id, questionId: 'none' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('that is cancelled keeps what it measured, and goes on from there', async () => {
    const { id, jobId } = await client['evaluation.start']({ ...request, limit: 10 });
    const { asked: before } = await watch(jobId, (count) => count > 0);
    await client['jobs.cancel']({ jobId });
    expect((await watch(jobId)).job?.state).toBe('cancelled');
    const { summary } = await client['evaluation.report']({ id });
    expect(summary).toMatchObject({ state: 'cancelled', total: 10 });
    expect(summary.n).toBeGreaterThanOrEqual(before.length);
    expect(summary.n).toBeLessThan(10);
    await client['evaluation.resume']({ id });
    const { asked, job } = await watch(jobId);
    expect(job).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect(new Set(asked).size).toBe(10);
    expect(asked).toHaveLength(10);
    await expect(client['evaluation.resume']({ id })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('whose app was closed goes on at the next start, also where its job was removed', async () => {
    const { id, jobId } = await client['evaluation.start']({ ...request, limit: 10 });
    await watch(jobId, (count) => count > 1);
    disconnect();
    await core.close();
    await open();
    expect((await client['evaluation.report']({ id })).summary.state).toBe('interrupted');
    await client['jobs.remove']({ jobId });
    const { jobId: next } = await client['evaluation.resume']({ id });
    expect(next).not.toBe(jobId);
    const { asked, job } = await watch(next);
    expect(job?.state).toBe('succeeded');
    expect(asked).toHaveLength(10);
    expect((await client['evaluation.report']({ id })).report.rows.map((row) => row.id)).toEqual(asked);
  });

  it('is compared with another one, question by question', async () => {
    const [before, after] = [await measure(), await measure({ mode: 'greedy' })];
    const comparison = await client['evaluation.compare']({ before: before.id, after: after.id });
    const { fixed, broken, bothRight, bothWrong, questions, byHardness } = comparison;
    expect(fixed + broken + bothRight + bothWrong).toBe(3);
    expect(questions.map((question) => question.id)).toEqual(before.asked);
    expect(questions.filter(({ change }) => change === 'broken')).toHaveLength(broken);
    expect(byHardness.reduce((sum, { n }) => sum + n, 0)).toBe(3);
  });

  it('is removed with its folder, and only then', async () => {
    const { id } = await measure({ limit: 1 });
    const folder = join(dir, 'data', 'evaluations', id);
    expect(readFileSync(join(folder, 'rows.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1);
    await client['evaluation.remove']({ id });
    expect(existsSync(folder)).toBe(false);
    await expect(client['evaluation.report']({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client['evaluation.report']({ id: '../../etc' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('that fails at once keeps its job, which says why', async () => {
    const { id, jobId, job } = await measure({ modelPath: join(dir, 'nowhere.gguf') });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'MODEL_MISSING' } });
    const { summary } = await client['evaluation.report']({ id });
    expect(summary).toMatchObject({ state: 'failed', jobId, n: 0, model: 'nowhere.gguf' });
  });

  it('that is changed from two sides at once keeps both changes', async () => {
    const folder = createRunFolder(join(dir, 'both-sides'), openLineFile);
    const { id } = await folder.create(request, 'constrained');
    await Promise.all([folder.change(id, { jobId: 'job-1' }), folder.change(id, { total: 3 })]);
    expect(await folder.get(id)).toMatchObject({ jobId: 'job-1', total: 3 });
  });

  it('that cannot be is refused before it is a job', async () => {
    const count = (await client['jobs.list']({})).length;
    const start = client['evaluation.start']({ split: 'demo', mode: 'greedy', candidates: 4 });
    await expect(start).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await client['jobs.list']({})).toHaveLength(count);
  });
});

describe('splits', () => {
  it('say what they hold, or what they lack', async () => {
    const splits = await client['evaluation.splits']({});
    const demo = splits.find(({ split }) => split === 'demo');
    expect(demo).toMatchObject({ questions: 50, needsDataset: false });
    expect(demo?.databases).toContainEqual({ db: 'retail', questions: 10 });
    const dev = splits.find(({ split }) => split === 'dev');
    expect(dev).toMatchObject({ questions: 0, needsDataset: true, missing: { code: 'DATASET_MISSING' } });
  });
});
