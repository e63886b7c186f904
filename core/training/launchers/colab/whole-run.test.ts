import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreClient, TrainingDraft, TrainingRunInfo } from '../../../contract/index.ts';
import { untilFileHas } from '../ssh/testing/hosts-of.ts';
import { findEmulatorProblem, startEmulator, trainerPython, type Emulator } from '../../testing/emulator.ts';
import { connectInMemory, createCore, type Core } from '../../../app/index.ts';
import { tinyDraft, whyNotTrain, writeTinyExamples } from '../../../app/training/testing/tiny-run.ts';

const reason = whyNotTrain() ?? findEmulatorProblem();
const root = resolve(import.meta.dirname, '..', '..', '..', '..');
const context = { signal: new AbortController().signal };

describe.skipIf(reason !== undefined)(
  `a run on Colab, in the app and in its notebook${reason ? ` (${reason})` : ''}`,
  () => {
    let folder: string;
    let emulator: Emulator;
    let core: Core;
    let call: CoreClient;
    const endNotebook: (() => void)[] = [];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'colab-app-'));
      emulator = await startEmulator('studio');
      process.env.STORAGE_EMULATOR_HOST = emulator.endpoint;
      process.env.SQLCODEGEN_RUNS_DIR = join(folder, 'runs');
      core = await createCore({
        ...{ dataDir: join(folder, 'data'), datasetDir: join(folder, 'dataset'), version: 'test' },
      });
      call = connectInMemory(core.handlers).client;
    }, 60_000);
    afterAll(async () => {
      await core.close();
      for (const end of endNotebook) end();
      for (const pid of trainersIn(folder)) process.kill(pid, 'SIGKILL');
      await emulator.close();
      delete process.env.STORAGE_EMULATOR_HOST;
      rmSync(folder, { recursive: true, force: true });
    });

    /** As a user would: all cells of the notebook that the app wrote, from the top. */
    function runNotebook(runDir: string, machine: string): Promise<{ code: number | null; text: string }> {
      mkdirSync(machine, { recursive: true });
      const script = join(root, 'core', 'training', 'testing', 'run-notebook.py');
      const child = spawn(trainerPython, [script, join(runDir, 'notebook.ipynb'), machine], {
        env: {
          ...{ ...process.env, OMP_NUM_THREADS: '1' },
          ...{ SQLCODEGEN_SYNC_SECONDS: '0.5', IPYTHONDIR: join(machine, '.ipython') },
        },
      });
      endNotebook.push(() => child.kill('SIGKILL'));
      let text = '';
      child.stdout.on('data', (bytes) => (text += bytes));
      child.stderr.on('data', (bytes) => (text += bytes));
      return new Promise((done) => child.once('close', (code) => done({ code, text })));
    }

    it('is live on its page while the cells run in order, and its adapter is fetched', async () => {
      const lora = tinyDraft(writeTinyExamples(folder), 30, 'On Colab');
      const draft: TrainingDraft = {
        ...lora,
        recipe: { ...lora.recipe, method: 'lora' },
        target: { kind: 'colab', projectId: 'my "project"', bucketName: 'studio', prefix: 'sqlcodegen' },
      };
      const { runId } = await call['training.start']({ draft, ignoreDoctor: true }, context);
      const until = async (isIt: (run: TrainingRunInfo) => boolean): Promise<TrainingRunInfo> => {
        for (;;) {
          const run = await call['training.get']({ runId }, context);
          if (isIt(run)) return run;
          if (['failed', 'lost'].includes(run.state)) throw new Error(JSON.stringify(run.error));
          await wait(100);
        }
      };
      const waiting = await until(({ state }) => state === 'waiting');
      expect(waiting).toMatchObject({ where: 'Colab', can: { cancel: true, stop: false } });

      const steps: number[] = [];
      const states = new Set<string>();
      const watching = (async () => {
        for await (const item of call['training.watch']({ runId }, context)) {
          if (item.kind === 'steps') steps.push(...item.points.step);
          else if (item.kind === 'run') states.add(item.run.state);
        }
      })();
      const machine = join(folder, 'machine');
      // The run's own id stands behind its name.
      const { uuid } = JSON.parse(readFileSync(join(waiting.runDir, 'launch.json'), 'utf8')) as {
        uuid: string;
      };
      const there = join(machine, 'sqlcodegen', `${runId}-${uuid}`, 'run');
      const notebook = runNotebook(waiting.runDir, machine);
      const said = notebook.then(({ text }) => text);
      await untilFileHas(join(there, 'events.jsonl'), '"step": 3,', said);
      // It waits in the midst of it, however fast this machine is, until the page has these steps.
      for (const pid of trainersIn(machine)) process.kill(pid, 'SIGSTOP');
      await expect.poll(() => steps.at(-1) ?? 0, { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
      expect(await until(({ state }) => state === 'running')).toMatchObject({ totalSteps: 30 });
      for (const pid of trainersIn(machine)) process.kill(pid, 'SIGCONT');

      const { code, text } = await notebook;
      const cells = ['settings', 'gpu', 'sign-in', 'bucket', 'environment', 'preflight', 'tensorboard'];
      expect([...text.matchAll(/^## (\S+)$/gm)].map(([, id]) => id)).toEqual([
        ...cells,
        'train',
        'sync',
        'test-prompt',
      ]);
      expect(text).toContain('## gpu\nSkipped: this machine has no nvidia-smi');
      expect(text).toContain('## sign-in\nSkipped: STORAGE_EMULATOR_HOST names an emulator');
      expect(text).toContain('All packages of requirements.lock are here.');
      expect(text).toMatch(/## tensorboard\n[^]*TensorBoard: http:\/\/127\.0\.0\.1:\d+\//);
      expect(text).toContain('The trainer has ended (exit code 0); everything is in the bucket.');
      expect(text).toMatch(/## sync\n.*holds the run: \d+ files/);
      expect(text).toMatch(/## test-prompt\n[^]*expected .*\nwritten /);
      expect(code).toBe(0);

      await watching;
      expect(steps).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
      expect([...states]).toEqual(expect.arrayContaining(['waiting', 'running', 'finished']));
      const { jobId } = await call['training.fetch']({ runId }, context);
      await expect
        .poll(async () => (await call['jobs.get']({ jobId }, context)).state, { timeout: 60_000 })
        .toBe('succeeded');
      const run = await call['training.get']({ runId }, context);
      expect(run).toMatchObject({ state: 'finished', can: { export: true, cleanUp: true } });
      expect(run.artifacts.find(({ kind }) => kind === 'adapter')).toMatchObject({ here: true });
      for (const name of ['events.jsonl', 'trainer.log', ...listFiles(there)]) {
        expect(readFileSync(join(run.runDir, name)).equals(readFileSync(join(there, name))), name).toBe(true);
      }
      expect(readdirSync(join(run.runDir, 'adapter'))).toContain('adapter_model.safetensors');
      await call['training.cleanUp']({ runId }, context);
      const left = await fetch(`${emulator.endpoint}/storage/v1/b/studio/o?prefix=sqlcodegen/`);
      expect(((await left.json()) as { items?: unknown[] }).items ?? []).toEqual([]);
    }, 600_000);
  },
);

/** Trainers that work in one of these runs. */
function trainersIn(folder: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) && command.includes('training.train');
    } catch {
      return false;
    }
  });
}

/** What a run's page and its export read. */
function listFiles(folder: string): string[] {
  const isRead = /^(checkpoints|tensorboard|model|adapter|manifest\.json|config\.yaml|README\.md)/;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => statSync(join(folder, name)).isFile() && isRead.test(name),
  );
}
