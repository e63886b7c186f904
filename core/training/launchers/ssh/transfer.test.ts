import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LaunchedRun } from '../launcher.ts';
import type { SshConnection } from './connection.ts';
import { downloadFiles } from './download.ts';
import { listLocalFiles } from './local-files.ts';
import type { RemoteLaunch } from './remote-launch.ts';
import { createSshLauncher } from './ssh-launcher.ts';
import { hostsOf, recordContext } from './testing/hosts-of.ts';
import { writeSmallTrainer } from './testing/small-trainer.ts';
import { findSshd, startSshd, type TestSshd } from './testing/start-sshd.ts';
import { listRemoteFiles, senderOf, uploadFiles } from './upload.ts';

const trainerDir = resolve(import.meta.dirname, '..', '..', '..', '..', 'training');
const sshd = findSshd();
const { signal } = new AbortController();
const none = (): void => undefined;

describe.skipIf(!sshd)('files to and from a host (needs openssh-server)', { timeout: 120_000 }, () => {
  let server: TestSshd;
  let folder: string;
  let remote: string;
  let launch: RemoteLaunch;
  let connection: SshConnection;
  beforeAll(async () => {
    server = await startSshd(sshd ?? '');
    writeFileSync(join(server.folder, 'known'), server.knownHostsLine);
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ssh-transfer-'));
    remote = join(folder, "the host's own");
    connection = await hostsOf(server, trainerDir).connect('host', signal);
    launch = { connection, trainerDir, signal };
  });
  afterEach(() => {
    connection.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function writeLocal(): string {
    const local = join(folder, 'local');
    mkdirSync(join(local, 'deep', 'x'.repeat(120)), { recursive: true });
    writeFileSync(join(local, 'empty'), '');
    writeFileSync(join(local, 'deep', "o'clock.txt"), 'small');
    writeFileSync(join(local, 'deep', 'x'.repeat(120), 'far.txt'), 'deep');
    writeFileSync(join(local, 'large.bin'), randomBytes(5_000_000));
    return local;
  }

  it('are brought once, and only what is new or different again', async () => {
    const local = writeLocal();
    const list = () => listLocalFiles(local, '', signal);
    const progress: [number, number][] = [];
    await uploadFiles(launch, await list(), remote, (done, total) => progress.push([done, total]));
    expect(execFileSync('diff', ['-r', local, remote]).toString()).toBe('');
    expect(progress.at(-1)).toEqual([5_000_009, 5_000_009]);
    const before = statSync(join(remote, 'large.bin')).ino;
    writeFileSync(join(local, 'deep', "o'clock.txt"), 'other');
    const again: number[] = [];
    await uploadFiles(launch, await list(), remote, (_, total) => again.push(total));
    expect(new Set(again)).toEqual(new Set([5]));
    expect(readFileSync(join(remote, 'deep', "o'clock.txt"), 'utf8')).toBe('other');
    expect(statSync(join(remote, 'large.bin')).ino).toBe(before);
  });

  it('are brought by two runs at once, and neither writes to the half of the other', async () => {
    const files = await listLocalFiles(writeLocal(), '', signal);
    const large = files.filter(({ path }) => path === 'large.bin');
    const senders = [senderOf({ id: 'run', uuid: 'one' }), senderOf({ id: 'run', uuid: 'two' })];
    mkdirSync(remote);
    const seen = new Set<string>();
    const look = (): void => {
      for (const name of readdirSync(remote)) if (name.endsWith('.partial')) seen.add(name);
    };
    const outcomes = await Promise.allSettled(
      senders.map((sender) => uploadFiles(launch, large, remote, look, sender)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(seen).toEqual(new Set(senders.map((sender) => `.large.bin.${sender}.partial`)));
    expect(readdirSync(remote)).toEqual(['large.bin']);
    const [there] = await listRemoteFiles(launch, remote, ['large.bin']);
    expect(there?.sha256).toBe(large[0]?.sha256);
  });

  it('are gone on with where a connection was lost, on the way there and back', async () => {
    const local = writeLocal();
    const files = await listLocalFiles(local, '', signal);
    const partial = join(remote, '.large.bin.partial');
    const broken = uploadFiles(launch, files, remote, (done) => {
      // Once it has arrived, too: a busy machine writes later than we send.
      if (done > 1_000_000 && existsSync(partial) && statSync(partial).size > 0) server.dropConnections();
    });
    await expect(broken).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    await expect.poll(() => existsSync(partial) && statSync(partial).size).toBeGreaterThan(0);
    const begun = statSync(partial).size;
    connection = await hostsOf(server, trainerDir).connect('host', signal);
    launch = { ...launch, connection };
    const first: number[] = [];
    await uploadFiles(launch, files, remote, (done) => first.push(done));
    expect(first.find((done) => done > 0)).toBeGreaterThanOrEqual(begun);
    expect(execFileSync('diff', ['-r', local, remote]).toString()).toBe('');

    const back = join(folder, 'back');
    const there = await listRemoteFiles(launch, remote);
    const lost = downloadFiles(launch, there, remote, back, (done) => {
      if (done > 1_000_000) server.dropConnections();
    });
    await expect(lost).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    const here = join(back, '.large.bin.partial');
    expect(statSync(here).size).toBeGreaterThan(100_000);
    expect(existsSync(join(back, 'large.bin'))).toBe(false);
    const had = statSync(here).size;
    connection = await hostsOf(server, trainerDir).connect('host', signal);
    launch = { ...launch, connection };
    const second: number[] = [];
    await downloadFiles(launch, there, remote, back, (done) => second.push(done));
    expect(second.find((done) => done > 9)).toBeGreaterThan(had);
    expect(execFileSync('diff', ['-r', local, back]).toString()).toBe('');
  });

  it('are not taken for whole where what was begun is another file', async () => {
    const local = writeLocal();
    const files = await listLocalFiles(local, '', signal);
    mkdirSync(remote);
    writeFileSync(join(remote, '.large.bin.partial'), randomBytes(1_000));
    await uploadFiles(launch, files, remote, none);
    expect(execFileSync('diff', ['-r', local, remote]).toString()).toBe('');
    const back = join(folder, 'back');
    mkdirSync(back);
    writeFileSync(join(back, '.large.bin.partial'), randomBytes(6_000_000));
    writeFileSync(join(back, 'empty'), 'not any more');
    const there = await listRemoteFiles(launch, remote);
    await downloadFiles(launch, there, remote, back, none);
    expect(execFileSync('diff', ['-r', local, back]).toString()).toBe('');
    // The last byte is another one: the same size, and not the same file.
    truncateSync(join(back, 'large.bin'), 4_999_999);
    appendFileSync(join(back, 'large.bin'), 'x');
    await downloadFiles(launch, there, remote, back, none);
    expect(execFileSync('diff', ['-r', local, back]).toString()).toBe('');
  });

  it('outside the folder are refused, whatever the host says', async () => {
    const file = { path: '../../authorized_keys', bytes: 1, sha256: '' };
    const back = join(folder, 'back');
    await expect(downloadFiles(launch, [file], remote, back, none)).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
    });
  });

  it('of a checkpoint count only once all of them are here', async () => {
    const local = join(folder, 'local');
    const step = join(local, 'checkpoints', 'step-5');
    mkdirSync(step, { recursive: true });
    writeFileSync(join(step, 'a.json'), '{}');
    writeFileSync(join(step, 'z.bin'), randomBytes(3_000_000));
    const there = await listRemoteFiles(launch, local);
    const back = join(folder, 'back');
    const cut = downloadFiles(launch, there, local, back, (done) => {
      if (done > 1_000_000) server.dropConnections();
    });
    await expect(cut).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(readdirSync(join(back, 'checkpoints'))).toEqual(['.step-5.brought']);
    connection = await hostsOf(server, trainerDir).connect('host', signal);
    launch = { ...launch, connection };
    await downloadFiles(launch, there, local, back, none);
    expect(execFileSync('diff', ['-r', local, back]).toString()).toBe('');
    // One that was deleted over there meanwhile does not come in half.
    rmSync(join(step, 'z.bin'));
    const other = join(folder, 'other');
    await downloadFiles(launch, there, local, other, none);
    expect(readdirSync(join(other, 'checkpoints'))).toEqual([]);
  });

  it('that vanish over there meanwhile are left out', async () => {
    const local = writeLocal();
    const there = await listRemoteFiles(launch, local);
    rmSync(join(local, 'large.bin'));
    const back = join(folder, 'back');
    await downloadFiles(launch, there, local, back, none);
    expect(readdirSync(back).toSorted()).toEqual(['deep', 'empty']);
  });
});

/** Mounts a small disk of its own, where that is allowed. */
function mountSmallDisk(): string | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'ssh-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

const disk = sshd ? mountSmallDisk() : undefined;

describe.skipIf(!disk)(
  'a disk of 4 MB over there (needs openssh-server, and the right to mount one)',
  { timeout: 120_000 },
  () => {
    let server: TestSshd;
    let runDir: string;
    beforeAll(async () => {
      server = await startSshd(sshd ?? '');
      writeFileSync(join(server.folder, 'known'), server.knownHostsLine);
      runDir = mkdtempSync(join(tmpdir(), 'ssh-run-'));
      writeFileSync(join(runDir, 'recipe.yaml'), 'name: x\n');
    });
    afterAll(async () => {
      await server.stop();
      rmSync(runDir, { recursive: true });
      execFileSync('umount', ['-l', disk ?? '']);
      rmSync(disk ?? '', { recursive: true, force: true });
    });

    it('is said to be full, with its figures, before anything is sent', async () => {
      const base = join(runDir, 'model');
      mkdirSync(base);
      writeFileSync(join(base, 'model.safetensors'), randomBytes(6_000_000));
      const python = join(trainerDir, '.venv', 'bin', 'python');
      const hosts = hostsOf(server, trainerDir, {
        folder: join(disk ?? '', 'app'),
        ...(existsSync(python) && { python }),
      });
      const launcher = createSshLauncher({ hosts, trainerDir });
      const run: LaunchedRun = {
        ...{ id: 'big', runDir, baseDir: base, needsQuantizedBase: false },
        target: { kind: 'ssh', hostId: 'host' },
      };
      await expect(launcher.prepare(run, recordContext(signal))).rejects.toMatchObject({
        code: 'DISK_FULL',
        message: expect.stringMatching(
          /The disk of 127\.0\.0\.1 is full: [\d.]+ MB of 4\.2 MB are free .* 6\.0 MB are needed\./,
        ),
        details: { mount: disk, totalBytes: 4_194_304, neededBytes: 6_000_000 },
      });
    });

    it('is said to be full where it fills up on the way', async () => {
      const connection = await hostsOf(server, trainerDir).connect('host', signal);
      const launch: RemoteLaunch = { connection, trainerDir, signal };
      const local = join(runDir, 'data');
      mkdirSync(local);
      writeFileSync(join(local, 'a.bin'), randomBytes(2_500_000));
      const files = await listLocalFiles(local, '', signal);
      const filler = join(disk ?? '', 'filler');
      const filling = uploadFiles(launch, files, join(disk ?? '', 'data'), (done) => {
        // Somebody else takes the rest of it.
        if (done > 0 && !existsSync(filler))
          execFileSync('sh', ['-c', `cat /dev/zero > '${filler}' || true`], { stdio: 'ignore' });
      });
      await expect(filling).rejects.toMatchObject({ code: 'DISK_FULL', details: { freeBytes: 0 } });
      rmSync(filler);
      await uploadFiles(launch, files, join(disk ?? '', 'data'), none);
      expect(execFileSync('diff', ['-r', local, join(disk ?? '', 'data')]).toString()).toBe('');
      connection.close();
    });
  },
);

describe.skipIf(!sshd)('an environment that is made there (needs openssh-server and Python 3.11)', () => {
  it('is made from the lock, once, and brought code and base are shared by runs', async () => {
    const server = await startSshd(sshd ?? '');
    try {
      writeFileSync(join(server.folder, 'known'), server.knownHostsLine);
      // The trainer's own lock takes gigabytes: one without packages shows the way.
      const small = writeSmallTrainer(server.folder);
      const hosts = hostsOf(server, small);
      const launcher = createSshLauncher({ hosts, trainerDir: small });
      const base = join(server.folder, 'model');
      mkdirSync(base);
      writeFileSync(join(base, 'config.json'), '{}');
      const runOf = (id: string): LaunchedRun => {
        const runDir = join(server.folder, 'local', id);
        mkdirSync(runDir, { recursive: true });
        writeFileSync(join(runDir, 'recipe.yaml'), `name: ${id}\n`);
        return {
          id,
          runDir,
          baseDir: base,
          target: { kind: 'ssh', hostId: 'host' },
          needsQuantizedBase: false,
        };
      };
      const first = recordContext(signal);
      await launcher.prepare(runOf('one'), first);
      expect(first.progressed.map(({ note }) => note)).toContain('making the environment there');
      const remote = join(server.folder, 'remote');
      const environments = join(remote, 'environments');
      const [made = ''] = readdirSync(environments).filter((name) => !name.endsWith('.lock'));
      expect(existsSync(join(environments, made, 'bin', 'python'))).toBe(true);
      const second = recordContext(signal);
      await launcher.prepare(runOf('two'), second);
      expect(second.progressed.map(({ note }) => note)).not.toContain('making the environment there');
      expect(second.progressed.map(({ note }) => note)).not.toContain('bringing the base model');
      const link = join(remote, 'runs', 'two', 'base');
      expect(readFileSync(join(link, 'config.json'), 'utf8')).toBe('{}');
      const brought = readlinkSync(link).split('/').at(-1) ?? '';
      await launcher.cleanUp(runOf('two'), signal);
      expect(readdirSync(join(remote, 'bases'))).toEqual([brought]);
      await launcher.cleanUp(runOf('one'), signal);
      expect(readdirSync(join(remote, 'bases'))).toEqual([]);
    } finally {
      await server.stop();
    }
  }, 240_000);
});
