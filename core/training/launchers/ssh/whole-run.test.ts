import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreClient, TrainingRunInfo } from '../../../contract/index.ts';
import { untilFileHas } from './testing/hosts-of.ts';
import { findSshd, startSshd, type TestSshd } from './testing/start-sshd.ts';
import { connectInMemory, createCore, type Core } from '../../../app/index.ts';
import {
  testPython,
  tinyDraft,
  whyNotTrain,
  writeTinyExamples,
} from '../../../app/training/testing/tiny-run.ts';

const sshd = findSshd();
const reason = sshd
  ? whyNotTrain()
  : 'openssh-server is not installed: `node build/scripts/ensure-sshd.ts` gets it';
const cli = resolve(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');
const context = { signal: new AbortController().signal };

describe.skipIf(reason !== undefined)(
  `a run over SSH, through the whole app${reason ? ` (${reason})` : ''}`,
  () => {
    let folder: string;
    let server: TestSshd;
    let env: Record<string, string | undefined>;
    let core: Core | undefined;
    let call: CoreClient;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'ssh-app-'));
      server = await startSshd(sshd ?? '');
      process.env.SQLCODEGEN_RUNS_DIR = join(folder, 'runs');
      env = { ...process.env, SQLCODEGEN_DATA_DIR: join(folder, 'data') };
      await open();
      await addHost();
    }, 60_000);
    afterAll(async () => {
      await core?.close();
      for (const { pid } of trainers()) process.kill(pid, 'SIGKILL');
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function open(attachRuns = true): Promise<void> {
      core = await createCore({
        attachRuns,
        ...{ dataDir: join(folder, 'data'), datasetDir: join(folder, 'dataset'), version: 'test' },
      });
      call = connectInMemory(core.handlers).client;
    }

    async function close(): Promise<void> {
      await core?.close();
      core = undefined;
    }

    /** As a user does: tested, its key agreed to, saved. */
    async function addHost(): Promise<void> {
      const host = {
        ...{ name: 'GPU box', host: '127.0.0.1', port: server.port, user: server.user, python: testPython },
        ...{ auth: { kind: 'key' as const, keyPath: server.keyPath }, folder: join(server.folder, 'remote') },
      };
      const found = await call['training.testHost'](host, context);
      if (found.kind !== 'unknown-key') throw new Error(JSON.stringify(found));
      const { kind: _, ...key } = found;
      await call['training.trustHost']({ ...key, draft: host }, context);
      await call['training.saveHost'](host, context);
    }

    /** The app as a program of its own. */
    function startApp(...args: string[]): { child: ChildProcess; ended: Promise<string> } {
      const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      child.stdout.on('data', (bytes) => (said += bytes));
      child.stderr.on('data', (bytes) => (said += bytes));
      return { child, ended: new Promise((done) => child.once('close', () => done(said))) };
    }

    /** Looks, and follows nothing. */
    async function show(runId: string): Promise<TrainingRunInfo> {
      await open(false);
      const run = await call['training.get']({ runId }, context);
      await close();
      return run;
    }

    /** Its own id stands behind its name. */
    function folderThere(runId: string): string {
      const runs = join(server.folder, 'remote', 'runs');
      return join(runs, readdirSync(runs).find((name) => name.startsWith(`${runId}-`)) ?? runId);
    }

    /** Processes over there that the run's folder is in the name of, or in which they work. */
    function processesThere(runId: string): { pid: number; command: string }[] {
      const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
      return pids.map(Number).flatMap((pid) => {
        const command = commandOf(pid);
        const there = join(server.folder, 'remote', 'runs', runId);
        const isThere = `${command} ${workingFolderOf(pid)}`.includes(there);
        return isThere ? [{ pid, command }] : [];
      });
    }
    const trainers = (runId = '') =>
      processesThere(runId).filter(({ command }) => command.includes('training.train'));

    it('an app that is killed in the midst of it finds it again: nothing is lost or doubled, all is fetched', async () => {
      await close();
      const draft = join(folder, 'draft.json');
      writeFileSync(draft, JSON.stringify(tinyDraft(writeTinyExamples(folder), 30, 'Killed')));
      const first = startApp(
        ...['train', '--draft', draft, '--ignore-doctor', '--target', 'ssh:GPU box', '--follow'],
      );
      const events = join(folder, 'runs', 'killed', 'events.jsonl');
      await untilFileHas(events, '"step": 2,', first.ended);
      expect(server.dropConnections()).toBeGreaterThan(0);
      await untilFileHas(events, '"step": 4,', first.ended);
      // From here on it waits, so that it is in the midst of it however slow this machine is.
      for (const { pid } of trainers('killed')) process.kill(pid, 'SIGSTOP');
      first.child.kill('SIGKILL');
      await first.ended;
      expect(trainers('killed').length).toBeGreaterThan(0);
      // Nobody follows it, and nobody says that it is lost.
      expect(await show('killed')).toMatchObject({
        ...{ state: 'unreachable', jobState: 'interrupted', can: { cancel: true, remove: false } },
      });
      const second = startApp('train', 'watch', 'killed');
      await expect
        .poll(() => processesThere('killed').some(({ command }) => command.includes(' watch ')), {
          timeout: 120_000,
        })
        .toBe(true);
      for (const { pid } of trainers('killed')) process.kill(pid, 'SIGCONT');
      expect(await second.ended).toContain('finished on GPU box');

      const there = folderThere('killed');
      for (const name of ['events.jsonl', 'trainer.log'])
        expect(
          readFileSync(join(folder, 'runs', 'killed', name)).equals(readFileSync(join(there, name))),
        ).toBe(true);
      const lines = readFileSync(events, 'utf8').trim().split('\n');
      const told = lines.map((line) => JSON.parse(line) as { event: string; step: number });
      const steps = told.filter(({ event }) => event === 'step').map(({ step }) => step);
      expect(steps).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
      expect(told.filter(({ event }) => event === 'run_started')).toHaveLength(1);

      await open();
      const { jobId } = await call['training.fetch']({ runId: 'killed' }, context);
      await expect
        .poll(async () => (await call['jobs.get']({ jobId }, context)).state, { timeout: 120_000 })
        .toBe('succeeded');
      const run = await call['training.get']({ runId: 'killed' }, context);
      expect(run).toMatchObject({ state: 'finished', can: { export: true }, step: 30 });
      const isCheckpoint = (name: string) => name.startsWith('step-');
      const kept = readdirSync(join(there, 'checkpoints')).filter(isCheckpoint);
      const here = run.checkpoints.filter((checkpoint) => checkpoint.here);
      expect(here.map(({ name }) => name).toSorted()).toEqual(kept.toSorted());
      expect(kept.length).toBeGreaterThan(0);
      expect(trainers('killed')).toEqual([]);
    }, 600_000);

    it('a cancel that cannot be delivered is said, kept over a restart, and delivered once the host answers', async () => {
      if (!core) await open();
      const [host] = await call['training.hosts']({});
      const draft = tinyDraft(writeTinyExamples(folder), 100_000, 'Far away');
      const target = { kind: 'ssh' as const, hostId: host?.id ?? '' };
      const { runId } = await call['training.start'](
        { draft: { ...draft, target }, ignoreDoctor: true },
        context,
      );
      const get = () => call['training.get']({ runId }, context);
      const until = async (isIt: (run: TrainingRunInfo) => boolean): Promise<void> => {
        for (let run = await get(); !isIt(run); run = await get()) {
          if (['failed', 'lost'].includes(run.state)) throw new Error(JSON.stringify(run.error));
          await wait(100);
        }
      };
      await until(({ step = 0 }) => step > 1);
      await server.pause();
      const pending = {
        state: 'unreachable',
        cancelAskedAt: expect.any(String),
        error: {
          code: 'REMOTE_UNREACHABLE',
          message: expect.stringMatching(/^The cancel has not reached it: .* It may still be training\.$/),
        },
        can: { cancel: true, remove: false, resume: false, stop: false },
      };
      expect(await call['training.cancel']({ runId }, context)).toMatchObject(pending);
      expect(trainers(runId).length).toBeGreaterThan(0);
      await close();
      expect(trainers(runId).length).toBeGreaterThan(0);
      await open();
      await until(({ jobState }) => jobState === 'cancelling');
      expect(await get()).toMatchObject(pending);
      await server.start();
      let atTheEnd: unknown;
      await until(({ state }) => {
        if (state === 'cancelled') atTheEnd ??= trainers(runId);
        return state === 'cancelled';
      });
      expect(atTheEnd).toEqual([]);
      await until(({ jobState }) => jobState === 'cancelled');
      const there = join(folderThere(runId), 'events.jsonl');
      const here = join(folder, 'runs', runId, 'events.jsonl');
      expect(readFileSync(here).equals(readFileSync(there))).toBe(true);
      await call['training.cleanUp']({ runId }, context);
      expect(existsSync(there)).toBe(false);
    }, 600_000);
  },
);

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function workingFolderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
