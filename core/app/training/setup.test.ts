import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEnded, type CoreClient, type Job, type TrainingDraft } from '../../contract/index.ts';
import { connectInMemory, createCore, type Core } from '../index.ts';
import { testPython, tinyDraft, whyNotTrain, writeTinyExamples } from './testing/tiny-run.ts';

const reason = whyNotTrain();

let folder: string;
let core: Core;
let call: CoreClient;
let draft: TrainingDraft;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'training-setup-'));
  process.env.SQLCODEGEN_RUNS_DIR = join(folder, 'runs');
  core = await createCore({
    dataDir: join(folder, 'data'),
    datasetDir: join(folder, 'dataset'),
    version: 'test',
  });
  call = connectInMemory(core.handlers).client;
  draft = tinyDraft(writeTinyExamples(folder), 6);
});

afterAll(async () => {
  await core.close();
  rmSync(folder, { recursive: true, force: true });
});

async function untilEnded(jobId: string): Promise<Job> {
  for (;;) {
    const job = await call['jobs.get']({ jobId });
    if (hasEnded(job)) return job;
    await wait(100);
  }
}

describe('what can be trained', () => {
  it('is looked at with the Python given for this machine where it trains elsewhere', async () => {
    const target = { kind: 'colab', projectId: 'my-project-1', bucketName: 'my-runs', prefix: 'p' } as const;
    const look = call['training.doctor']({ draft: { ...draft, target }, python: '/no/such/python' });
    await expect(look).rejects.toMatchObject({
      ...{ code: 'PYTHON_MISSING', message: '/no/such/python cannot be run as Python.' },
    });
  });

  it('has a recipe for every method, and each fits what it is for', async () => {
    const recipes = await call['training.recipes']({});
    const methods = new Set(recipes.flatMap((recipe) => recipe.methods));
    expect(methods).toEqual(new Set(['lora', 'qlora', 'full', 'scratch']));
    expect(recipes.find(({ id }) => id === 'seed')?.values).toMatchObject({
      ...{ rank: 16, alpha: 32, dropout: 0.05, learningRate: 2e-4, warmupRatio: 0.03, weightDecay: 0.001 },
      ...{ gradientClip: 0.3, epochs: 3, maxLength: 2_048, checkpointEverySteps: 500 },
    });
  });

  it('lists the starter first, and what is missing with its reason', async () => {
    const [starter] = await call['training.bases']({});
    expect(starter).toMatchObject({ base: { kind: 'starter' }, targetForm: 'sketch', present: true });
    const [spider] = await call['training.sources']({});
    expect(spider).toMatchObject({ examples: 0, missing: { code: 'DATASET_MISSING' } });
    const plan = await call['training.plan']({
      draft: { ...draft, data: { sources: [{ kind: 'spider', weight: 1 }] } },
    });
    expect(plan).toMatchObject({ problems: [expect.stringContaining('has not been built')], sources: [] });
  });

  it('plans a draft: held back by question, weighed, and the same every time', async () => {
    const plan = await call['training.plan']({ draft });
    expect(plan).toMatchObject({ problems: [] });
    expect(plan.trainExamples + plan.validationExamples).toBe(10);
    expect(plan.validationExamples).toBeGreaterThan(0);
    const counts = { train: plan.trainExamples, validation: plan.validationExamples, leftOutCount: 0 };
    expect(plan.sources).toEqual([{ source: draft.data.sources[0], ...counts, leftOut: [] }]);
    const [source] = draft.data.sources;
    if (!source) throw new Error('The draft has no source.');
    const twice = { ...draft, data: { ...draft.data, sources: [{ ...source, weight: 2 }] } };
    const weighed = await call['training.plan']({ draft: twice });
    expect(weighed.trainExamples).toBe(plan.trainExamples * 2);
    expect(weighed.validationExamples).toBe(plan.validationExamples);
    expect(await call['training.plan']({ draft })).toEqual(plan);
  });

  it('keeps prices, which say that they must be checked', async () => {
    const prices = await call['training.prices']({});
    for (const { asOf, source } of prices.hardware) {
      expect(asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(source).toContain('must be checked');
    }
    const changed = { ...prices, storagePerGibMonth: 0.5 };
    expect(await call['training.setPrices'](changed)).toEqual(changed);
    expect(await call['training.prices']({})).toEqual(changed);
  });
});

describe.skipIf(reason !== undefined)(`with the trainer${reason ? ` (skipped: ${reason})` : ''}`, () => {
  it('looks at the machine', async () => {
    const machine = await call['training.machine']({ python: testPython });
    expect(machine).toMatchObject({ environmentReady: true, problems: [], python: { path: testPython } });
    expect(machine.memoryBytes).toBeGreaterThan(1e9);
    const broken = await call['training.machine']({ python: '/nowhere/python' });
    expect(broken).toMatchObject({ environmentReady: false });
    expect(broken.problems.join(' ')).toContain('/nowhere/python');
  }, 240_000);

  it('asks the doctor, whose word lets it start, and exports what was trained to where Models lists it', async () => {
    await expect(call['training.start']({ draft })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const report = await call['training.doctor']({ draft });
    expect(report.checks.filter(({ status }) => status === 'failure')).toEqual([]);
    expect(report.mask?.some(({ learned }) => learned)).toBe(true);
    expect(report.mask?.some(({ learned }) => !learned)).toBe(true);
    const { runId, jobId } = await call['training.start']({ draft });
    expect((await untilEnded(jobId)).state).toBe('succeeded');
    const exported = await call['training.export']({ runId, types: ['Q8_0'] });
    const job = await untilEnded(exported.jobId);
    expect(job.error).toBeUndefined();
    const file = String(job.resultId);
    expect(file).toMatch(new RegExp(`/data/models/${runId}-step-\\d{6}-Q8_0\\.gguf$`));
    expect(existsSync(file)).toBe(true);
    // Once more: the same weights lie there already, and are left as they are.
    const { mtimeMs } = statSync(file);
    const again = await call['training.export']({ runId, types: ['Q8_0'] });
    expect(await untilEnded(again.jobId)).toMatchObject({ state: 'succeeded', resultId: file });
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    const listed = await call['models.catalogue']({});
    expect(listed.models.find(({ path }) => path === file)).toMatchObject({ targetForm: 'sketch' });
    const { artifacts } = await call['training.get']({ runId });
    expect(artifacts).toContainEqual(expect.objectContaining({ kind: 'gguf', path: file, here: true }));
    const { url } = await call['training.tensorboard']({ runId });
    expect((await fetch(url)).status).toBe(200);
  }, 240_000);

  it('estimates for this machine and for all of the price table', async () => {
    const estimate = await call['training.estimate']({ draft, measure: false });
    const [here, ...others] = estimate.hardware;
    expect(here).toMatchObject({ basis: 'assumed', fits: true });
    expect(here?.hours).toBeGreaterThan(0);
    expect(others.length).toBeGreaterThan(3);
    const [first] = others;
    expect(first?.costOfFiveRuns).toBeCloseTo((first?.costPerRun ?? Number.NaN) * 5, 6);
  }, 240_000);
});
