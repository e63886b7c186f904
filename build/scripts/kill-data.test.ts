import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importSpider, spiderSplits, splitFiles } from '../../core/spider/index.ts';
import { findServerPid, startData } from './data-process.ts';
import { runKillTest } from './kill-data.ts';
import { root } from './run-command.ts';

const spiderZip = join(root, '..', 'shared', 'datasets', 'spider.zip');
const missing = existsSync(spiderZip) ? '' : ' (skipped: ../shared/datasets/spider.zip is not there)';
const dbIds = ['concert_singer', 'pets_1', 'department_management'];
/** Enough to meet every stage, few enough for seconds. */
const examplesKept = 12;

describe.skipIf(missing !== '')(`data all on three of Spider's databases${missing}`, () => {
  let folder: string;
  let release: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-kill-data-'));
    await chmod(folder, 0o755);
    release = join(folder, 'release');
    const whole = join(folder, 'whole');
    await importSpider(spiderZip, whole);
    await mkdir(release);
    for (const dbId of dbIds) {
      await cp(join(whole, 'database', dbId), join(release, 'database', dbId), { recursive: true });
    }
    for (const file of [...spiderSplits.map((split) => splitFiles[split]), 'tables.json']) {
      const entries = JSON.parse(await readFile(join(whole, file), 'utf8')) as { db_id: string }[];
      const own = dbIds.flatMap((dbId) =>
        entries.filter(({ db_id }) => db_id === dbId).slice(0, examplesKept),
      );
      await writeFile(join(release, file), JSON.stringify(own));
    }
    await rm(whole, { recursive: true });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('killed, restarted, and after a power cut, ends with the files of an undisturbed run', async () => {
    const lines: string[] = [];
    const { differences, files, kills } = await runKillTest({
      spider: release,
      folder,
      kills: 3,
      seed: 7,
      report: (line) => lines.push(line),
    });
    expect(differences, lines.join('\n')).toEqual([]);
    expect(files).toBeGreaterThan(30);
    expect(kills).toBeGreaterThan(0);
  }, 300_000);

  it('interrupted by Ctrl-C, ends at once with exit code 1 and leaves neither a lock nor a server', async () => {
    const dataDir = join(folder, 'interrupted');
    const run = startData(['all', '--spider', release, '--data-dir', dataDir]);
    await run.sees('parse: ');
    // Some way into the conversion, so that its server has come up.
    while ((await findServerPid(dataDir)) === undefined) await delay(50);
    run.child.kill('SIGINT');
    const { exitCode, err } = await run.ended;
    expect([exitCode, err.trimEnd().split('\n').at(-1)]).toEqual([
      1,
      'Stopped. Run it again: it goes on from where it was.',
    ]);
    expect(existsSync(join(dataDir, 'pipeline.lock'))).toBe(false);
    expect(await findServerPid(dataDir)).toBeUndefined();
  }, 60_000);
});
