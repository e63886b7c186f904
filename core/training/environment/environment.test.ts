import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNetwork } from '../../network/index.ts';
import { listIndexes, readPipSettings } from './admit-index.ts';
import { createEnvironment, type EnvironmentContext } from './create-environment.ts';
import { checkOwnPython, findPython } from './find-python.ts';
import { explainPipFailure, readPipLine } from './pip-output.ts';
import { runPython } from './run-python.ts';

const sources = resolve(import.meta.dirname, '..', '..', '..', 'training');
const python = process.platform === 'linux' ? (await findPython())?.path : undefined;
const reason = python === undefined ? ' (skipped: there is no Python 3.11 or newer)' : '';

let folder: string;
let trainerDir: string;
let notes: string[];
const controller = new AbortController();
const context: EnvironmentContext = {
  signal: controller.signal,
  progress: (note, done, total) => void notes.push(total === undefined ? note : `${note} ${done}/${total}`),
  log: () => undefined,
};

beforeEach(() => {
  notes = [];
  folder = mkdtempSync(join(tmpdir(), 'training-env-'));
  trainerDir = join(folder, 'training');
  mkdirSync(trainerDir);
  copyFileSync(join(sources, 'guard.py'), join(trainerDir, 'guard.py'));
  for (const name of ['requirements.lock', 'requirements-qlora.lock'])
    writeFileSync(join(trainerDir, name), '# nothing\n');
});
afterEach(() => {
  delete process.env.PIP_FIND_LINKS;
  delete process.env.PIP_NO_INDEX;
  delete process.env.PIP_INDEX_URL;
  rmSync(folder, { recursive: true, force: true });
});

const pack = `
import sys, zipfile
name, folder = sys.argv[1:]
meta = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n"
wheel = "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
info = f"{name}-1.0.dist-info/"
with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w") as file:
    file.writestr(f"{name}.py", "value = 1")
    file.writestr(info + "METADATA", meta)
    file.writestr(info + "WHEEL", wheel)
    file.writestr(info + "RECORD", f"{name}.py,,\\n{info}METADATA,,\\n{info}WHEEL,,\\n{info}RECORD,,\\n")
`;

/** A package index of one folder: nothing is asked of a network. */
async function offer(name: string): Promise<void> {
  const run = { python: python ?? '', trainerDir, signal: controller.signal };
  await runPython({ ...run, args: ['-c', pack, name, folder] });
  writeFileSync(join(trainerDir, 'requirements.lock'), `${name}==1.0\n`);
  Object.assign(process.env, { PIP_FIND_LINKS: folder, PIP_NO_INDEX: '1' });
}

describe.skipIf(python === undefined)(`the app's own environment${reason}`, () => {
  it('goes on from an attempt that failed, is made once, and anew where the lock has changed', async () => {
    const lock = join(trainerDir, 'requirements.lock');
    await offer('tinypackage');
    writeFileSync(lock, 'tinypackage==1.0\nnowhere==2.0\n');
    const environment = createEnvironment({ dataDir: join(folder, 'data'), trainerDir });
    await expect(environment.make(context)).rejects.toMatchObject({
      code: 'TRAINER_FAILED',
      hint: expect.stringContaining('a Python of your own'),
    });
    expect(environment.isReady()).toBe(false);
    expect(notes).toContain('1 of 2 packages: tinypackage');
    writeFileSync(lock, 'tinypackage==1.0\n');
    notes = [];
    // Two runs that begin at once.
    await Promise.all([environment.make(context), environment.make(context)]);
    expect([environment.isReady(), environment.isReady(true)]).toEqual([true, false]);
    expect(notes).not.toContain('making the environment');
    expect(notes.filter((note) => note === '1 of 1 packages: tinypackage')).toHaveLength(1);
    const run = { python: environment.python, trainerDir, signal: controller.signal };
    const said = await runPython({ ...run, args: ['-c', 'import tinypackage; print(tinypackage.value)'] });
    expect(said.stdout).toBe('1');
    // As a Python of the user's own it lacks all the rest.
    const wanted = { trainerDir, needsQuantizedBase: true };
    await expect(checkOwnPython(environment.python, wanted)).rejects.toMatchObject({
      message: expect.stringMatching(/lacks torch, .*bitsandbytes/),
      // What can be pasted: which Python, and where the list is.
      hint: expect.stringContaining(
        `"${environment.python}" -m pip install -r "${join(trainerDir, 'requirements-qlora.lock')}"`,
      ),
    });
    writeFileSync(lock, 'tinypackage==1.0\n# changed\n');
    expect(environment.isReady()).toBe(false);
  }, 120_000);

  it('is not made in offline mode: pip is not started, and the ledger says what was refused', async () => {
    writeFileSync(join(trainerDir, 'requirements.lock'), 'tinypackage==1.0\n');
    process.env.PIP_INDEX_URL = 'https://index.example/simple';
    process.env.PIP_FIND_LINKS = folder;
    const lines: string[] = [];
    const close = openNetwork({
      policy: { read: () => ({ offline: true, allowedHosts: [] }) },
      ledger: {
        begin: ({ host, purpose }) => lines.push(`${purpose} ${host}`) - 1,
        end: (id, { outcome }) => void (lines[id] += ` ${outcome}`),
      },
    });
    try {
      const environment = createEnvironment({ dataDir: join(folder, 'data'), trainerDir });
      await expect(environment.make(context)).rejects.toMatchObject({ details: { reason: 'offline' } });
      expect(lines).toEqual(['training index.example refused']);
      expect(notes).not.toContain('installing packages');
    } finally {
      close();
    }
  }, 60_000);

  it('is told of a Python that is not there', async () => {
    await expect(checkOwnPython(join(folder, 'nothing'), { trainerDir })).rejects.toMatchObject({
      code: 'PYTHON_MISSING',
    });
  });
});

describe.skipIf(python === undefined)(`what runs for the app${reason}`, () => {
  const isAlive = (pid: number) =>
    existsSync(`/proc/${pid}/stat`) && !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // A child that ignores SIGTERM, and one of its own.
  const stubborn = `
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)`;

  it('ends with it, also where it was killed', async () => {
    const asker = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { runPython } from ${JSON.stringify(join(import.meta.dirname, 'run-python.ts'))};
       await runPython({ python: ${JSON.stringify(python)}, args: ['-c', ${JSON.stringify(stubborn)}],
         trainerDir: ${JSON.stringify(trainerDir)}, signal: new AbortController().signal, onLine: (line) => console.log(line) });`,
    ]);
    const line = await new Promise<string>((done) =>
      asker.stdout.once('data', (data: Buffer) => done(data.toString())),
    );
    const pids = line.trim().split(' ').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    asker.kill('SIGKILL');
    for (let tries = 0; tries < 400 && pids.some(isAlive); tries += 1) await wait(50);
    expect(pids.map(isAlive)).toEqual([false, false]);
  }, 60_000);

  it('ends with the signal', async () => {
    const aborting = new AbortController();
    let pids: number[] = [];
    const running = runPython({
      ...{ python: python ?? '', args: ['-c', stubborn], trainerDir, signal: aborting.signal },
      onLine(line) {
        pids = line.split(' ').map(Number);
        aborting.abort();
      },
    });
    await expect(running).rejects.toThrow();
    expect(pids).toHaveLength(2);
    expect(pids.map(isAlive)).toEqual([false, false]);
  }, 60_000);
});

it('knows which hosts pip will ask', () => {
  const ask = (output: string) => listIndexes(readPipSettings(output)).map(({ host }) => host);
  expect(ask('')).toEqual(['pypi.org']);
  expect(
    ask("global.index-url='https://one.example/simple'\n:env:.index-url='http://two.example:8080/'"),
  ).toEqual(['two.example:8080']);
  expect(ask("global.extra-index-url='https://a.example/x\\nhttps://b.example/y'")).toEqual([
    ...['pypi.org', 'a.example', 'b.example'],
  ]);
  expect(ask(":env:.no-index='1'\n:env:.find-links='/wheels https://w.example/'")).toEqual(['w.example']);
});

it('says what pip’s trouble is', () => {
  const explain = (output: string) => explainPipFailure(output, 'It failed');
  expect(explain('OSError: [Errno 28] No space left on device').code).toBe('DISK_FULL');
  expect(explain('The virtual environment was not created: ensurepip is not available').code).toBe(
    'PYTHON_MISSING',
  );
  expect(explain('NewConnectionError: [Errno 111] Connection refused').message).toContain('package index');
  expect(explain('line one\nERROR: something else').message).toContain('something else');
});

it('reads how far pip is', () => {
  expect(readPipLine('Collecting torch==2.15.0 (from -r x (line 3))')).toEqual({
    name: 'torch',
    note: 'torch',
  });
  expect(readPipLine('  Downloading torch-2.15.0-cp311-manylinux.whl (821.3 MB)')).toEqual({
    note: 'downloading torch (821.3 MB)',
  });
  expect(readPipLine('Successfully installed x')).toEqual({});
});
