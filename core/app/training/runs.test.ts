import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CoreClient, QuantizationType, RunHappening, TrainingRunInfo } from '../../contract/index.ts';
import { connectInMemory, createCore, type Core } from '../index.ts';
import { tinyDraft, whyNotTrain, writeTinyExamples } from './testing/tiny-run.ts';

const reason = whyNotTrain();

let folder: string;
let core: Core;
let call: CoreClient;
const context = { signal: new AbortController().signal };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'training-runs-'));
  process.env.SQLCODEGEN_RUNS_DIR = join(folder, 'runs');
  await open();
});

afterEach(async () => {
  await core.close();
  for (const pid of processesOf(folder)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  core = await createCore({
    dataDir: join(folder, 'data'),
    datasetDir: join(folder, 'dataset'),
    version: 'test',
  });
  call = connectInMemory(core.handlers).client;
}

/** Processes that work in one of the test's runs. */
function processesOf(path: string): number[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map(Number).filter((pid) => workingFolderOf(pid).startsWith(join(path, 'runs')));
}

function workingFolderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

async function start(maxSteps: number, quantize: QuantizationType[] = []): Promise<string> {
  const draft = tinyDraft(writeTinyExamples(folder), maxSteps);
  draft.recipe.quantize = quantize;
  return (await call['training.start']({ draft, ignoreDoctor: true }, context)).runId;
}

async function until(runId: string, isIt: (run: TrainingRunInfo) => boolean): Promise<TrainingRunInfo> {
  for (;;) {
    const run = await call['training.get']({ runId }, context);
    if (isIt(run)) return run;
    if (['failed', 'lost'].includes(run.state) && !isIt(run)) throw new Error(JSON.stringify(run.error));
    await wait(100);
  }
}

const jobOf = async (runId: string) => {
  const { jobId = '' } = await call['training.get']({ runId }, context);
  return call['jobs.get']({ jobId }, context);
};

describe.skipIf(reason !== undefined)(
  `a run on this machine${reason ? ` (not trained: ${reason})` : ''}`,
  () => {
    it('is trained to its end, watched in columns, and makes the weights', async () => {
      const runId = await start(10);
      const steps: number[] = [];
      const happenings: RunHappening[] = [];
      let last: TrainingRunInfo | undefined;
      for await (const item of call['training.watch']({ runId }, context)) {
        if (item.kind === 'steps') steps.push(...item.points.step);
        else if (item.kind === 'happenings') happenings.push(...item.happenings);
        else if (item.kind === 'run') last = item.run;
      }
      expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(last).toMatchObject({
        state: 'finished',
        name: 'Tiny run',
        step: 10,
        totalSteps: 10,
        where: 'this machine',
      });
      expect(last?.checkpoints.map(({ name }) => name)).toContain('step-000010');
      expect(last?.can).toMatchObject({ stop: false, resume: true, export: true, remove: true });
      expect(happenings.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['started', 'checkpoint', 'finished']),
      );
      await expect.poll(async () => (await jobOf(runId)).state).toBe('succeeded');
      const { lines, total } = await call['training.log']({ runId, from: -5, limit: 5 }, context);
      expect(lines.length).toBe(Math.min(5, total));
      const version = JSON.parse(
        readFileSync(join(folder, 'runs', runId, 'dataset-version.json'), 'utf8'),
      ) as object;
      expect(version).toMatchObject({ targetForm: 'sketch', trainExamples: expect.any(Number) });
      await expect(call['training.resume']({ runId }, context)).rejects.toMatchObject({
        ...{ code: 'INVALID_INPUT', message: 'The run Tiny run has reached step 10.' },
      });
      await call['training.resume']({ runId, maxSteps: 13 }, context);
      const further = await until(runId, ({ state, step }) => state === 'finished' && step === 13);
      expect(further).toMatchObject({ totalSteps: 13, can: { export: true } });
      expect(further.checkpoints.map(({ name }) => name)).toContain('step-000013');
      await expect.poll(async () => (await jobOf(runId)).state).toBe('succeeded');
      await call['training.remove']({ runId }, context);
      expect(existsSync(join(folder, 'runs', runId))).toBe(false);
    }, 420_000);

    it('outlives the app, is followed by the next one, stopped, resumed, and cancelled without a process left', async () => {
      const runId = await start(100_000, ['Q8_0']);
      const { jobId } = await until(runId, ({ step = 0 }) => step > 2);
      await core.close();
      expect(processesOf(folder).length).toBeGreaterThan(0);
      await open();
      const running = await until(runId, ({ jobState }) => jobState === 'running');
      expect(running).toMatchObject({ state: 'running', jobId });
      expect((await call['training.stop']({ runId }, context)).state).toBe('stopping');
      const stopped = await until(
        runId,
        ({ state, jobState }) => state === 'stopped' && jobState === 'succeeded',
      );
      expect(stopped.can.resume).toBe(true);
      expect(await jobOf(runId)).toMatchObject({ stopped: true });
      expect(stopped.checkpoints.length).toBeGreaterThan(0);
      // It may go on: nothing is exported until it has reached its end, or somebody asks.
      expect((await call['jobs.list']({}, context)).map(({ kind }) => kind)).toEqual(['training']);
      await call['training.resume']({ runId }, context);
      await until(runId, ({ state, step = 0 }) => state === 'running' && step > (stopped.step ?? 0));
      const cancelled = await call['training.cancel']({ runId }, context);
      expect(cancelled.state).toBe('cancelled');
      expect(processesOf(folder)).toEqual([]);
      expect((await jobOf(runId)).state).toBe('cancelled');
    }, 420_000);

    it('says why it failed, and is not started where nothing is to be learned', async () => {
      const examples = writeTinyExamples(folder);
      const draft = tinyDraft(examples, 5);
      const broken = { ...draft, target: { kind: 'local' as const, python: '/nowhere/python' } };
      const { runId } = await call['training.start']({ draft: broken, ignoreDoctor: true }, context);
      const failed = await until(runId, ({ state }) => state === 'failed');
      expect(failed.error).toMatchObject({
        code: 'PYTHON_MISSING',
        message: expect.stringContaining('/nowhere/python'),
      });
      await expect(call['training.start']({ draft, ignoreDoctor: false }, context)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
      const gone = {
        ...draft,
        data: { ...draft.data, sources: [{ kind: 'file' as const, path: '/nowhere', weight: 1 }] },
      };
      await expect(
        call['training.start']({ draft: gone, ignoreDoctor: true }, context),
      ).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    }, 420_000);
  },
);
