import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { EventEmitter, once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingTarget } from '../../contract/index.ts';
import { createSshLauncher } from '../../training/launchers/ssh/index.ts';
import { hostsOf } from '../../training/launchers/ssh/testing/hosts-of.ts';
import { findSshd, startSshd, type TestSshd } from '../../training/launchers/ssh/testing/start-sshd.ts';
import type { LaunchContext, Launcher } from '../../training/launchers/index.ts';
import { makeFifo } from '../../training/testing/make-fifo.ts';
import { finishEvent, startEvent, stepEvent } from '../../training/testing/write-run.ts';
import { openApp, writeStandInTrainer, type App, type AppOptions } from './testing/stand-in-runs.ts';
import { testPython, whyNotTrain } from './testing/tiny-run.ts';

const reason = whyNotTrain();
const sshd = findSshd();
const remoteReason =
  reason ??
  (sshd ? undefined : 'openssh-server is not installed: `node build/scripts/ensure-sshd.ts` gets it');
const { signal } = new AbortController();
const local: TrainingTarget = { kind: 'local' };
const remote: TrainingTarget = { kind: 'ssh', hostId: 'host' };

/** Trains until it is stopped. */
const steady = { events: [startEvent, stepEvent(1)], waits: true, last: [finishEvent('stopped')] };
/** Its memory is full before it says anything in its events. */
const dies = { log: 'torch.OutOfMemoryError: CUDA out of memory.', code: 1 };

let folder: string;
let app: App;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'run-outcomes-'))));
afterEach(async () => {
  await app.close();
  for (const pid of trainers()) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Trainers of the tests, wherever they work. */
function trainers(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    const isTrainer = read(`/proc/${pid}/cmdline`).includes('training.train\0--config');
    return isTrainer && read(`/proc/${pid}/environ`).includes(`PYTHONPATH=${folder}`);
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const fileOf = (runId: string, name: string): string => join(folder, 'runs', runId, name);

describe.skipIf(reason !== undefined)(`a run on this machine${reason ? ` (${reason})` : ''}`, () => {
  beforeEach(() => void (app = openApp({ folder, trainerDir: writeStandInTrainer(folder) })));

  it('that dies when it is resumed has failed, whatever its earlier end was', async () => {
    const runId = await app.start('resumed', local, [steady, dies, steady]);
    await app.until(runId, ({ step }) => step === 1);
    await app.runs.stop(runId, signal);
    expect(await app.untilUnfollowed(runId)).toMatchObject({ state: 'stopped', jobState: 'succeeded' });
    expect(app.finished).toEqual([runId]);
    await app.runs.resume(runId);
    expect(await app.untilUnfollowed(runId)).toMatchObject({
      ...{ state: 'failed', jobState: 'failed' },
      error: { code: 'TRAINER_FAILED', message: expect.stringContaining('CUDA out of memory') },
    });
    expect(app.finished).toEqual([runId]);
    await app.runs.resume(runId);
    await app.until(runId, ({ state, step }) => state === 'running' && step === 1);
    await app.runs.stop(runId, signal);
    expect(await app.untilUnfollowed(runId)).toMatchObject({ state: 'stopped' });
  }, 120_000);

  it('that goes on is not as old as its last start while the trainer loads', async () => {
    const loads = { events: [], waits: true, last: [startEvent, finishEvent('stopped')] };
    const runId = await app.start('again', local, [steady, loads]);
    await app.until(runId, ({ step }) => step === 1);
    await app.runs.stop(runId, signal);
    const first = await app.untilUnfollowed(runId);
    await app.runs.resume(runId);
    const loading = await app.until(runId, ({ state }) => state === 'running');
    expect(Date.parse(loading.startedAt ?? '')).toBeGreaterThan(Date.parse(first.endedAt ?? ''));
    expect(loading.earlierSeconds).toBeGreaterThan(0);
    expect(loading.firstStartedAt).toBe(first.startedAt);
    expect(loading.etaSeconds).toBeUndefined();
    await app.runs.stop(runId, signal);
    const { earlierSeconds } = await app.untilUnfollowed(runId);
    expect(earlierSeconds).toBe(loading.earlierSeconds);
  }, 120_000);

  it('that is cancelled while its trainer is being started leaves no process', async () => {
    // Opening it to write waits for a reader: so long the trainer is being started.
    const runId = await app.start('early', local, [steady], (runDir) =>
      makeFifo(join(runDir, 'trainer.log')),
    );
    const starters = () => launchesOf(folder).filter((words) => words.includes('start'));
    await expect.poll(starters, { timeout: 30_000 }).toHaveLength(2);
    const cancelled = app.runs.cancel(runId, signal);
    // Where it does not wait for the start it is done by then.
    await Promise.race([cancelled, new Promise((resolve) => setTimeout(resolve, 1_500))]);
    const reader = openSync(fileOf(runId, 'trainer.log'), 'r+');
    expect((await cancelled).state).toBe('cancelled');
    expect(trainers()).toEqual([]);
    await expect.poll(() => launchesOf(folder), { timeout: 10_000 }).toEqual([]);
    expect(trainers()).toEqual([]);
    closeSync(reader);
  }, 120_000);
});

/** Calls of launch.py, supervisors among them. */
function launchesOf(path: string): string[][] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const all = pids.map((pid) => read(`/proc/${pid}/cmdline`).split('\0'));
  return all.filter((words) => words.some((word) => word.startsWith(path) && word.endsWith('launch.py')));
}

describe.skipIf(remoteReason !== undefined)(
  `a run elsewhere${remoteReason ? ` (${remoteReason})` : ''}`,
  () => {
    let server: TestSshd;
    let trainerDir: string;
    beforeAll(async () => {
      server = await startSshd(sshd ?? '');
      writeFileSync(join(server.folder, 'known'), server.knownHostsLine);
    });
    afterAll(() => server.stop());
    beforeEach(() => {
      trainerDir = writeStandInTrainer(folder);
      app = open();
    });
    afterEach(() => {
      for (const pid of trainersThere()) process.kill(pid, 'SIGKILL');
      rmSync(join(server.folder, 'remote'), { recursive: true, force: true });
    });

    function open({
      wrap = (made) => made,
      ...more
    }: Partial<AppOptions> & { wrap?: (made: Launcher) => Launcher } = {}) {
      const hosts = hostsOf(server, trainerDir, { python: testPython });
      const ssh = wrap(createSshLauncher({ hosts, trainerDir, waitMs: () => 100 }));
      return openApp({ folder, trainerDir, ssh, ...more });
    }

    function trainersThere(): number[] {
      const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
      return pids.map(Number).filter((pid) => {
        const isTrainer = read(`/proc/${pid}/cmdline`).includes('training.train\0--config');
        return isTrainer && read(`/proc/${pid}/environ`).includes(`PYTHONPATH=${server.folder}`);
      });
    }

    it('that dies when it is resumed has failed, whatever its earlier end was', async () => {
      const runId = await app.start('resumed', remote, [steady, dies]);
      await app.until(runId, ({ step }) => step === 1);
      await app.runs.stop(runId, signal);
      expect(await app.untilUnfollowed(runId)).toMatchObject({ state: 'stopped', jobState: 'succeeded' });
      await app.runs.resume(runId);
      expect(await app.untilUnfollowed(runId)).toMatchObject({
        ...{ state: 'failed', jobState: 'failed' },
        error: { message: expect.stringContaining('CUDA out of memory') },
      });
      expect(app.finished).toEqual([runId]);
    }, 240_000);

    it('goes on when the app is closed, although runs of this machine are stopped then; nobody says it is lost', async () => {
      const here = await app.start('here', local, [steady]);
      const there = await app.start('there', remote, [steady]);
      await app.until(here, ({ step }) => step === 1);
      await app.until(there, ({ step }) => step === 1);
      await app.close('stop');
      await expect.poll(trainers, { timeout: 10_000 }).toEqual([]);
      expect(trainersThere()).toHaveLength(1);

      app = open();
      expect(await app.runs.get(here)).toMatchObject({ state: 'stopped' });
      const unfollowed = { state: 'unreachable', can: { stop: true, cancel: true, remove: false } };
      const left = await app.runs.get(there);
      expect(left).toMatchObject({ ...unfollowed, jobState: 'interrupted' });
      // A job that was removed from the list says no more.
      app.jobs.remove(left.jobId ?? '');
      expect(await app.runs.get(there)).toMatchObject(unfollowed);
      // Whoever looks at it follows it.
      await app.runs.attachTo(there);
      await app.runs.attachTo(there);
      await app.until(there, ({ state }) => state === 'running');
      expect(app.jobs.list().filter(({ state }) => state === 'running')).toHaveLength(1);
      await app.runs.stop(there, signal);
      expect(await app.untilUnfollowed(there)).toMatchObject({ state: 'stopped', jobState: 'succeeded' });
      expect(trainersThere()).toEqual([]);
      await app.runs.attachTo(there);
      expect(app.finished).toEqual([there]);
    }, 240_000);

    /** Another app, whose launcher gets as far as `verb` and no further. @returns when it has got there */
    async function reopenHeldAt(verb: 'prepare' | 'fetch'): Promise<{ begun: Promise<unknown> }> {
      await app.close();
      const reached = new EventEmitter();
      const begun = once(reached, 'held');
      const hold = async ({ signal: ends }: LaunchContext) => {
        reached.emit('held');
        await once(ends, 'abort');
        ends.throwIfAborted();
      };
      const held: Partial<Launcher> =
        verb === 'prepare'
          ? { prepare: (_run, context) => hold(context) }
          : { fetch: (_run, _what, context) => hold(context) };
      app = open({ wrap: (made) => ({ ...made, ...held }) });
      return { begun };
    }

    const finishes = { events: [startEvent, stepEvent(1), finishEvent('finished')] };

    it('whose results were still being brought when the app ended is brought by the next one', async () => {
      const { begun } = await reopenHeldAt('fetch');
      const runId = await app.start('cut', remote, [finishes]);
      await begun;
      await app.close();

      app = open();
      expect(await app.runs.get(runId)).toMatchObject({ state: 'finished', jobState: 'interrupted' });
      await app.runs.attach();
      expect(await app.untilUnfollowed(runId)).toMatchObject({ state: 'finished', jobState: 'succeeded' });
      expect(app.finished).toEqual([runId]);
    }, 240_000);

    it('whose results are here is left alone by the next app, whatever became of its job', async () => {
      const { begun } = await reopenHeldAt('fetch');
      const runId = await app.start('here', remote, [finishes]);
      await begun;
      await app.close();

      app = open();
      const finishedAt = new Date().toISOString();
      writeFileSync(fileOf(runId, 'manifest.json'), JSON.stringify({ finished_at: finishedAt }));
      await app.runs.attach();
      expect(await app.runs.get(runId)).toMatchObject({
        ...{ state: 'finished', jobState: 'interrupted', can: { remove: true } },
        endedAt: expect.any(String),
      });
    }, 240_000);

    it('that was to go on when the app ended has not come to its end by that', async () => {
      const stops = { events: [startEvent, stepEvent(1), finishEvent('stopped')] };
      const runId = await app.start('on', remote, [stops, steady]);
      await app.untilUnfollowed(runId);
      const { begun } = await reopenHeldAt('prepare');
      await app.runs.resume(runId);
      await begun;
      await app.close();

      app = open();
      await app.runs.attach();
      const left = { state: 'stopped', jobState: 'interrupted', can: { resume: true } };
      expect(await app.runs.get(runId)).toMatchObject(left);
      expect(app.finished).toEqual([]);
    }, 240_000);

    it('is waited for while the disk of this machine is full', async () => {
      const file = 'trainer.log';
      const runId = await app.start('full', remote, [steady], (runDir) =>
        symlinkSync('/dev/full', join(runDir, file)),
      );
      const paused = await app.until(runId, ({ state }) => state === 'paused' || state === 'failed');
      expect(paused).toMatchObject({ state: 'paused', jobState: 'running', can: { cancel: true } });
      expect(paused.error).toMatchObject({
        code: 'DISK_FULL',
        message: expect.stringMatching(/^The disk of this machine is full: .* \d+ MB are free\.$/),
      });
      expect(trainersThere()).toHaveLength(1);
      rmSync(fileOf(runId, file));
      await app.until(runId, ({ state, step }) => state === 'running' && step === 1);
      await app.runs.stop(runId, signal);
      expect(await app.untilUnfollowed(runId)).toMatchObject({ state: 'stopped', jobState: 'succeeded' });
      expect(read(fileOf(runId, file))).toBe('stand-in\n');
    }, 240_000);

    it('is not over because something of the app is missing here for a while', async () => {
      const runId = await app.start('missing', remote, [steady]);
      await app.until(runId, ({ step }) => step === 1);
      // As an update of the app does that replaces its files.
      const file = join(trainerDir, 'launch.py');
      renameSync(file, `${file}.away`);
      server.dropConnections();
      const paused = await app.until(runId, ({ state }) => state === 'paused' || state === 'failed');
      expect(paused).toMatchObject({
        state: 'paused',
        jobState: 'running',
        error: { message: expect.stringContaining('launch.py') },
      });
      expect(trainersThere()).toHaveLength(1);
      renameSync(`${file}.away`, file);
      await app.until(runId, ({ state }) => state === 'running');
      await app.runs.stop(runId, signal);
      expect(await app.untilUnfollowed(runId)).toMatchObject({ state: 'stopped', jobState: 'succeeded' });
    }, 240_000);

    it('has a folder of its own there, though another machine or an earlier run has one of this name', async () => {
      const other = openApp({
        ...{ folder: join(folder, 'other'), trainerDir },
        ssh: createSshLauncher({ hosts: hostsOf(server, trainerDir, { python: testPython }), trainerDir }),
      });
      const [mine, theirs] = [
        await app.start('same', remote, [steady]),
        await other.start('same', remote, [steady]),
      ];
      expect(mine).toBe(theirs);
      await app.until(mine, ({ step }) => step === 1);
      await other.until(theirs, ({ step }) => step === 1);
      expect(trainersThere()).toHaveLength(2);
      await app.runs.cancel(mine, signal);
      expect(trainersThere()).toHaveLength(1);
      await other.runs.stop(theirs, signal);
      expect(await other.untilUnfollowed(theirs)).toMatchObject({ state: 'stopped' });
      await other.close();

      // Removed here, what it left over there is no new run's.
      await app.runs.remove(mine);
      const again = await app.start('same', remote, [{ events: [startEvent, finishEvent('finished')] }]);
      expect(again).toBe(mine);
      expect(await app.untilUnfollowed(again)).toMatchObject({ state: 'finished' });
      expect(readdirSync(join(server.folder, 'remote', 'runs'))).toHaveLength(3);
    }, 240_000);

    it('goes on after a clean-up from what was fetched, and can be cleaned up again', async () => {
      const runId = await app.start('again', remote, [steady, steady]);
      await app.until(runId, ({ step }) => step === 1);
      await app.runs.stop(runId, signal);
      await app.untilUnfollowed(runId);
      await app.runs.cleanUp(runId, signal);
      expect((await app.runs.get(runId)).can).toMatchObject({ resume: false, cleanUp: false });
      await expect(app.runs.resume(runId)).rejects.toMatchObject({ code: 'CONFLICT' });
      mkdirSync(fileOf(runId, 'checkpoints/step-000001'), { recursive: true });
      writeFileSync(fileOf(runId, 'checkpoints/step-000001/weights'), 'w');
      writeFileSync(fileOf(runId, 'config.yaml'), '{}');
      expect((await app.runs.get(runId)).can).toMatchObject({ resume: true, cleanUp: false });
      await app.runs.resume(runId);
      await app.until(runId, ({ state, step }) => state === 'running' && step === 1);
      await app.runs.stop(runId, signal);
      expect(await app.untilUnfollowed(runId)).toMatchObject({ state: 'stopped', can: { cleanUp: true } });
      const [there = ''] = readdirSync(join(server.folder, 'remote', 'runs'));
      const brought = join(server.folder, 'remote', 'runs', there, 'checkpoints/step-000001/weights');
      expect(read(brought)).toBe('w');
    }, 240_000);

    it('of an earlier version keeps its folder there, and leaves one of another run alone', async () => {
      const withoutUuid = (file: string): void => {
        const { uuid: _, ...launch } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
        writeFileSync(file, JSON.stringify(launch));
      };
      const runId = await app.start('old', remote, [steady, steady]);
      await app.until(runId, ({ step }) => step === 1);
      await app.runs.cancel(runId, signal);
      withoutUuid(fileOf(runId, 'launch.json'));
      await app.runs.resume(runId);
      await app.until(runId, ({ state, step }) => state === 'running' && step === 1);
      const there = join(server.folder, 'remote', 'runs', 'old');
      expect(read(join(there, 'launch.json'))).toContain('"name": "old"');
      await app.runs.stop(runId, signal);
      await app.untilUnfollowed(runId);

      const file = join(there, 'launch.json');
      writeFileSync(file, read(file).replace(/"createdAt": "\d+/, '"createdAt": "1999'));
      const before = read(file);
      await app.runs.resume(runId);
      expect(await app.untilUnfollowed(runId)).toMatchObject({
        ...{ state: 'failed', jobState: 'failed' },
        error: { code: 'CONFLICT', message: expect.stringContaining('belongs to another run called old') },
      });
      expect(read(file)).toBe(before);
      expect(trainersThere()).toEqual([]);
    }, 240_000);

    it('whose connection is lost just before the last files come ends well', async () => {
      await app.close();
      app = open({
        wrap: (launcher) => ({
          ...launcher,
          async fetch(...args) {
            await server.pause();
            setTimeout(() => void server.start(), 700);
            return launcher.fetch(...args);
          },
        }),
      });
      const runId = await app.start('brief', remote, [
        { events: [startEvent, stepEvent(1), finishEvent('finished')] },
      ]);
      expect(await app.untilUnfollowed(runId)).toMatchObject({ state: 'finished', jobState: 'succeeded' });
      expect(app.finished).toEqual([runId]);
    }, 240_000);
  },
);
