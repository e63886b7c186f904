import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../../../contract/index.ts';
import { deleteObject, listObjects, openBucket, uploadBytes } from '../../storage/index.ts';
import { openBadLine, type BadLine } from '../../testing/bad-line.ts';
import { findEmulatorProblem, startEmulator, trainerPython, type Emulator } from '../../testing/emulator.ts';
import type { LaunchContext, LaunchedRun } from '../launcher.ts';
import { createColabLauncher } from './colab-launcher.ts';

const problem = findEmulatorProblem();
const root = join(import.meta.dirname, '../../../..');
const trainerDir = join(root, 'training');
const bucketName = 'studio';

/** The smoke recipe on data that is made for it, in a run's folder of its own. */
function writeRun(folder: string, id: string): LaunchedRun {
  const runDir = join(folder, id);
  mkdirSync(runDir, { recursive: true });
  execFileSync(trainerPython, ['-m', 'training.tests.make_examples', join(runDir, 'data')], { cwd: root });
  const smoke = readFileSync(join(trainerDir, 'configs/smoke_config.yaml'), 'utf8');
  const recipe = smoke
    .replace('run_dir: runs/smoke', 'run_dir: .')
    .replaceAll('runs/smoke-data/cache', 'cache')
    .replaceAll('runs/smoke-data/', 'data/');
  writeFileSync(join(runDir, 'recipe.yaml'), recipe);
  const target = { kind: 'colab' as const, projectId: 'my "project"', bucketName, prefix: 'sqlcodegen' };
  return { id, runDir, target, needsQuantizedBase: false };
}

function listen(signal = new AbortController().signal) {
  const told: string[] = [];
  const context: LaunchContext = {
    signal,
    progress: () => undefined,
    log: (text, level) => void told.push(`${level ?? 'info'}: ${text}`),
    unreachable: (why: AppError | undefined) => void told.push(`unreachable: ${why?.message ?? 'no'}`),
    paused: (why: AppError | undefined) =>
      void told.push(`paused: ${why?.message ?? 'no'} ${why?.hint ?? ''}`.trim()),
    waiting: (why) => void told.push(`waiting: ${why === undefined ? 'no' : 'yes'}`),
  };
  return { told, context };
}

describe.skipIf(problem !== undefined)(
  `a run on Colab, through an emulator${problem ? ` (${problem})` : ''}`,
  () => {
    let emulator: Emulator;
    let line: BadLine;
    let folder = '';
    beforeAll(async () => {
      emulator = await startEmulator(bucketName);
      line = await openBadLine(emulator.port);
      folder = mkdtempSync(join(tmpdir(), 'colab-'));
    });
    afterEach(() => line.mend());
    afterAll(async () => {
      await line.close();
      await emulator.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const createLauncher = (staleMs = 60_000) =>
      createColabLauncher({
        ...{ trainerDir, stateDir: join(folder, 'uploads'), apiEndpoint: line.endpoint },
        ...{ pollMs: 100, staleMs, firstDelayMs: 5 },
      });
    const bucket = () => openBucket({ bucketName, apiEndpoint: emulator.endpoint, initiator: 'test' });
    const { signal } = new AbortController();
    const write = (name: string, value: unknown) =>
      uploadBytes(bucket(), name, Buffer.from(JSON.stringify(value)), signal);

    it('what is in the bucket already is not sent again', { timeout: 120_000 }, async () => {
      const run = writeRun(folder, 'twice');
      const launcher = createLauncher();
      const { told, context } = listen();
      await launcher.prepare(run, context);
      expect(line.requests.some((text) => text.startsWith('POST'))).toBe(true);
      line.requests.length = 0;
      await launcher.prepare(run, context);
      expect(line.requests.filter((text) => !text.startsWith('GET'))).toEqual([]);
      await launcher.start(run, { resume: false }, context);
      expect(await launcher.status(run, signal)).toEqual({ state: 'none' });
      await launcher.cleanUp(run, signal);
      expect((await listObjects(bucket(), 'sqlcodegen/twice/', signal)).objects).toEqual([]);
      expect(told).toEqual([]);
    });

    it('goes on from what is here where the bucket was cleaned up, and deletes nothing here', async () => {
      const run = writeRun(folder, 'back');
      const launcher = createLauncher();
      const { context } = listen();
      const checkpoint = 'checkpoints/step-000020/model.safetensors';
      mkdirSync(join(run.runDir, 'checkpoints/step-000020'), { recursive: true });
      const events = '{"event": "run_started"}\n{"event": "step", "step": 20}\n';
      for (const [name, text] of [
        ...[[checkpoint, 'weights'] as const, ['config.yaml', 'a: 1\n'] as const],
        ...[['events.jsonl', `${events}{"event": "st`] as const, ['trainer.log', 'said\n'] as const],
      ])
        writeFileSync(join(run.runDir, name), text);
      await launcher.prepare(run, context);
      await launcher.start(run, { resume: true }, context);

      // Another machine finds all of it, and adds to it.
      const program = `
import sys
from training.cloud_sync import CloudRun
run = CloudRun("${bucketName}", "sqlcodegen", "back", sys.argv[1], every_seconds=0.1)
run.bring()
run.take_lease()
with open(run.run_dir / "events.jsonl", "a") as file:
    file.write('{"event": "run_started", "resumed": true}\\n')
run.send_checkpoints()
run.sync({"state": "ended", "exitCode": 0}, has_ended=True)`;
      const machine = join(folder, 'back-machine');
      const env = { ...process.env, STORAGE_EMULATOR_HOST: emulator.endpoint };
      execFileSync(trainerPython, ['-c', program, machine], { cwd: root, env });
      for (const name of [checkpoint, 'config.yaml', 'trainer.log']) {
        expect(readFileSync(join(machine, 'run', name), 'utf8'), name).toBe(
          readFileSync(join(run.runDir, name), 'utf8'),
        );
      }
      expect(await launcher.follow(run, context)).toEqual({ state: 'ended', exitCode: 0 });
      const whole = `${events}{"event": "run_started", "resumed": true}\n`;
      expect(readFileSync(join(run.runDir, 'events.jsonl'), 'utf8')).toBe(whole);

      // Nor where a bucket knows nothing of what is here.
      for (const { name } of (await listObjects(bucket(), 'sqlcodegen/back/out/', signal)).objects)
        await deleteObject(bucket(), name, signal);
      await write('sqlcodegen/back/state/heartbeat.json', {
        ...{ sequence: 1, host: 'colab-1', status: { state: 'ended', exitCode: 0 }, done: true },
      });
      await launcher.follow(run, context);
      expect(readFileSync(join(run.runDir, checkpoint), 'utf8')).toBe('weights');
    });

    describe('with a notebook that says this and that', () => {
      const at = 'sqlcodegen/talk/';
      let run: LaunchedRun;
      beforeAll(() => {
        run = writeRun(folder, 'talk');
      });
      const beat = (more: object) =>
        write(`${at}state/heartbeat.json`, {
          sequence: 1,
          host: 'colab-1',
          status: { state: 'running' },
          done: false,
          ...more,
        });

      it('mirrors pieces as they grow, whatever is cut, and waits for the last byte', async () => {
        const launcher = createLauncher();
        const { told, context } = listen();
        const events = Array.from({ length: 2_000 }, (_, step) =>
          JSON.stringify({ event: 'step', step, pad: 'x'.repeat(150) }),
        );
        const whole = Buffer.from(`${events.join('\n')}\n`);
        const piece = (start: number, end: number) =>
          uploadBytes(
            bucket(),
            `${at}out/events/${String(start).padStart(12, '0')}.jsonl`,
            whole.subarray(start, end),
            signal,
          );
        await beat({});
        const following = launcher.follow(run, context);
        for (const end of [5, 400, 70_000, 262_200]) {
          line.cutNext('down', end % 3_000);
          await piece(0, end);
        }
        await piece(262_200, whole.length - 10);
        await beat({ done: true, status: { state: 'ended', exitCode: 0 }, eventsBytes: whole.length });
        await piece(262_200, whole.length);
        expect(await following).toEqual({ state: 'ended', exitCode: 0 });
        expect(readFileSync(join(run.runDir, 'events.jsonl')).equals(whole)).toBe(true);
        expect(told.at(-1) ?? 'unreachable: no').toBe('unreachable: no');
      });

      it('an expired sign-in pauses the page with the sentence, and it goes on', async () => {
        const { told, context } = listen();
        await beat({ done: true, status: { state: 'ended', exitCode: 0 } });
        line.answerNext(6, 401);
        expect(await createLauncher().follow(run, context)).toMatchObject({ state: 'ended' });
        expect(told[0]).toMatch(
          /^paused: Google does not accept the sign-in any more.*gcloud auth application-default login/,
        );
        expect(told.at(-1)).toBe('paused: no');
        // Told once, however often it is tried.
        expect(told).toHaveLength(2);
      });

      it('a notebook that is gone is said; run again, it is live', async () => {
        const launcher = createLauncher(1_500);
        const abort = new AbortController();
        const { told, context } = listen(abort.signal);
        await beat({});
        const following = launcher.follow(run, context);
        const gone = 'unreachable: The notebook (colab-1) has not been heard of for some minutes.';
        await expect.poll(() => told, { timeout: 20_000 }).toContain(gone);
        expect(await launcher.status(run, signal)).toEqual({ state: 'lost' });
        await beat({ sequence: 2 });
        await expect.poll(() => told, { timeout: 20_000 }).toContain('unreachable: no');
        abort.abort();
        await expect(following).rejects.toMatchObject({ name: 'AbortError' });
      });

      it('half a checkpoint is never taken for one; one that was deleted there goes here', async () => {
        const { context } = listen();
        const launcher = createLauncher();
        const path = 'checkpoints/step-000020/model.safetensors';
        const content = Buffer.from('weights');
        const md5 = createHash('md5').update(content).digest('base64');
        const listed = { name: 'step-000020', files: [{ path, size: content.length, md5 }] };
        await write(`${at}out/checkpoints/step-000020.json`, listed);
        await uploadBytes(bucket(), `${at}out/files/${path}`, Buffer.from('weightz'), signal);
        await launcher.fetch(run, 'all', context);
        expect(existsSync(join(run.runDir, 'checkpoints/step-000020'))).toBe(false);
        await uploadBytes(bucket(), `${at}out/files/${path}`, content, signal);
        await launcher.fetch(run, 'all', context);
        expect(readFileSync(join(run.runDir, path)).equals(content)).toBe(true);
        rmSync(join(run.runDir, 'checkpoints/step-000020'), { recursive: true });
        await beat({});
        const following = launcher.follow(run, context);
        await expect.poll(() => existsSync(join(run.runDir, path)), { timeout: 20_000 }).toBe(true);
        await deleteObject(bucket(), `${at}out/checkpoints/step-000020.json`, signal);
        await beat({ done: true, status: { state: 'ended', exitCode: 0 } });
        await following;
        expect(readdirSync(join(run.runDir, 'checkpoints'))).toEqual([]);
      });

      it('a name that leads out of the run is refused', async () => {
        await write(`${at}out/final.json`, { files: [{ path: '../../outside', size: 1, md5: 'x' }] });
        const fetching = createLauncher().fetch(run, 'final', listen().context);
        await expect(fetching).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
        await deleteObject(bucket(), `${at}out/final.json`, signal);
      });

      it('cancel returns when nothing is left, and says where nobody answers', async () => {
        const launcher = createLauncher(3_000);
        await beat({});
        const cancelling = launcher.cancel(run, signal);
        const commands = async () => (await listObjects(bucket(), `${at}commands/`, signal)).objects;
        await expect.poll(commands, { timeout: 10_000 }).toHaveLength(1);
        await beat({ done: true, status: { state: 'ended', signal: 'SIGTERM' } });
        await cancelling;
        await beat({});
        await expect(launcher.cancel(run, signal)).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
        await launcher.stop(run, signal);
        expect((await commands()).map(({ name }) => name)).toEqual([
          `${at}commands/cancel.json`,
          `${at}commands/stop.json`,
        ]);
        // A start takes back what was asked of the last one.
        await launcher.start(run, { resume: true }, listen().context);
        expect(await commands()).toEqual([]);
        expect(await launcher.status(run, signal)).toEqual({ state: 'none' });
      });
    });
  },
);
