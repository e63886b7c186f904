import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LaunchedRun } from '../launcher.ts';
import { createSshLauncher } from './ssh-launcher.ts';
import { hostsOf, recordContext, untilFileHas } from './testing/hosts-of.ts';
import { writeSmallTrainer } from './testing/small-trainer.ts';
import { findSshd, startSshd, type TestSshd } from './testing/start-sshd.ts';

const root = resolve(import.meta.dirname, '..', '..', '..', '..');
/** It has the trainer's packages, which a host's own Python is asked for. */
const python = join(root, 'training', '.venv', 'bin', 'python');
const sshd = findSshd();
const reason = !sshd
  ? 'openssh-server is not installed: `node build/scripts/ensure-sshd.ts` gets it'
  : existsSync(python)
    ? undefined
    : 'training/.venv is not made: `npm test` makes it';
const title = `a run on an SSH host${reason === undefined ? '' : ` (${reason})`}`;

function writeRun(folder: string, id: string, maxSteps: number): LaunchedRun {
  const runDir = join(folder, id);
  mkdirSync(join(runDir, 'data'), { recursive: true });
  for (const name of ['train.jsonl', 'val.jsonl'])
    writeFileSync(join(runDir, 'data', name), '{"prompt": "how many |", "completion": "select count(*)"}\n');
  writeFileSync(join(runDir, 'recipe.yaml'), JSON.stringify({ max_steps: maxSteps }));
  return { id, runDir, target: { kind: 'ssh', hostId: 'host' }, needsQuantizedBase: false };
}

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Processes of trainers and watchers whose command line names the folder, or which work in it. */
function processesIn(folder: string): string[] {
  const script = `for p in /proc/[0-9]*; do case "$(readlink $p/cwd) $(tr '\\0' ' ' < $p/cmdline)" in *'${folder}'*) echo "\${p#/proc/} $(tr '\\0' ' ' < $p/cmdline)";; esac; done 2>/dev/null`;
  const found = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n');
  return found.filter((line) => line !== '' && !/sshd|for p in/.test(line));
}

describe.skipIf(reason !== undefined)(title, () => {
  let server: TestSshd;
  let folder: string;
  let trainerDir: string;
  const aborts: AbortController[] = [];
  const begin = (waitMs = () => 50) => {
    const controller = new AbortController();
    aborts.push(controller);
    const hosts = hostsOf(server, trainerDir, { python });
    return {
      launcher: createSshLauncher({ hosts, trainerDir, waitMs }),
      context: recordContext(controller.signal),
      controller,
    };
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ssh-runs-'));
    trainerDir = writeSmallTrainer(folder);
    server = await startSshd(sshd ?? '');
    writeFileSync(join(server.folder, 'known'), server.knownHostsLine);
  });
  afterEach(() => {
    for (const one of aborts.splice(0)) one.abort();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes on while connections are lost and the app is away, and is fetched whole', async () => {
    const run = writeRun(folder, 'steady', 60);
    writeFileSync(join(run.runDir, 'data', 'hold'), '');
    const remote = join(server.folder, 'remote', 'runs', 'steady');
    const first = begin();
    await first.launcher.prepare(run, first.context);
    const notes = new Set(first.context.progressed.map(({ note }) => note));
    expect([...notes]).toEqual(['looking at the host', 'bringing the trainer', 'bringing the data']);
    await first.launcher.start(run, { resume: false }, first.context);
    const { signal } = new AbortController();
    expect(await first.launcher.status(run, signal)).toMatchObject({ state: 'running' });
    const events = join(run.runDir, 'events.jsonl');

    const following = first.launcher.follow(run, first.context);
    await untilFileHas(events, '"step": 3,');
    expect(server.dropConnections()).toBeGreaterThan(0);
    await expect.poll(() => first.context.troubles, { timeout: 10_000 }).toHaveLength(2);
    expect(first.context.troubles).toMatchObject([{ code: 'REMOTE_UNREACHABLE' }, undefined]);
    // The whole machine out of reach for a while.
    await server.pause();
    await expect.poll(() => first.context.troubles.length, { timeout: 10_000 }).toBeGreaterThan(3);
    await server.start();
    await expect.poll(() => first.context.troubles.at(-1), { timeout: 10_000 }).toBeUndefined();
    first.controller.abort(new Error('the app was closed'));
    await expect(following).rejects.toThrow('the app was closed');

    const second = begin();
    await second.launcher.start(run, { resume: true }, second.context);
    for (const at of [run.runDir, remote]) rmSync(join(at, 'data', 'hold'));
    expect(await second.launcher.follow(run, second.context)).toEqual({ state: 'ended', exitCode: 0 });
    for (const name of ['events.jsonl', 'trainer.log']) {
      expect(hashOf(join(run.runDir, name))).toBe(hashOf(join(remote, name)));
    }
    expect(readFileSync(events, 'utf8').match(/"event": "run_started"/g)).toHaveLength(1);

    await second.launcher.fetch(run, 'final', second.context);
    expect(existsSync(join(run.runDir, 'manifest.json'))).toBe(true);
    expect(existsSync(join(run.runDir, 'checkpoints'))).toBe(false);
    await second.launcher.fetch(run, 'all', second.context);
    const checkpoints = readdirSync(join(remote, 'checkpoints')).filter((name) => name.startsWith('step-'));
    expect(readdirSync(join(run.runDir, 'checkpoints')).toSorted()).toEqual(checkpoints.toSorted());
    for (const name of readdirSync(join(remote, 'checkpoints', checkpoints[0] ?? ''))) {
      const path = join('checkpoints', checkpoints[0] ?? '', name);
      if (statSync(join(remote, path)).isFile())
        expect(hashOf(join(run.runDir, path))).toBe(hashOf(join(remote, path)));
    }
    await second.launcher.cleanUp(run, signal);
    expect(existsSync(remote)).toBe(false);
    expect(await second.launcher.status(run, signal)).toEqual({ state: 'none' });

    // What is here is enough to go on over there.
    writeRun(folder, 'steady', 62);
    await second.launcher.prepare(run, second.context);
    await second.launcher.start(run, { resume: true }, second.context);
    expect(await second.launcher.follow(run, second.context)).toEqual({ state: 'ended', exitCode: 0 });
    expect(readFileSync(events, 'utf8')).toMatch(/"resumed": true.*"step": 60/);
  }, 240_000);

  it('is stopped and cancelled, without a process left', async () => {
    const run = writeRun(folder, 'endless', 1_000_000);
    const { launcher, context } = begin();
    const { signal } = context;
    await expect(launcher.cancel(run, signal)).resolves.toBeUndefined();
    await launcher.prepare(run, context);
    await launcher.start(run, { resume: false }, context);
    const following = launcher.follow(run, context);
    await untilFileHas(join(run.runDir, 'events.jsonl'), '"event": "step"');
    await expect(launcher.cleanUp(run, signal)).rejects.toMatchObject({ code: 'CONFLICT' });
    await launcher.stop(run, signal);
    expect(await following).toEqual({ state: 'ended', exitCode: 0 });
    expect(readFileSync(join(run.runDir, 'events.jsonl'), 'utf8')).toContain('"outcome": "stopped"');
    await launcher.start(run, { resume: true }, context);
    expect(processesIn(server.folder).length).toBeGreaterThan(0);
    await launcher.cancel(run, signal);
    expect((await launcher.status(run, signal)).state).toBe('ended');
    await expect.poll(() => processesIn(server.folder)).toEqual([]);
  }, 240_000);
});
