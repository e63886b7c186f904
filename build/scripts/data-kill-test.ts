/**
 * `node build/scripts/data-kill-test.ts --spider FILE [--kills 10] [--seed N] [--data-dir DIR]`: whether `data all`,
 * killed at random moments and restarted, ends with the files of an undisturbed run. Exit code 1 where it does not.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runKillTest } from './kill-data.ts';

const { values } = parseArgs({
  options: {
    spider: { type: 'string' },
    kills: { type: 'string', default: '10' },
    seed: { type: 'string' },
    'data-dir': { type: 'string' },
  },
});
if (values.spider === undefined) {
  console.error('Give the release: --spider FILE');
  process.exit(2);
}
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const folder = values['data-dir'] ?? (await mkdtemp(join(tmpdir(), 'sqlcodegen-kill-test-')));
await mkdir(folder, { recursive: true });
console.log(`seed ${seed}, in ${folder}`);
const result = await runKillTest({
  spider: resolve(values.spider),
  folder: resolve(folder),
  kills: Number(values.kills),
  seed,
  report: (line) => console.log(line),
});
const verdict = result.differences.length === 0 ? 'byte-identical' : `${result.differences.length} differ`;
console.log(`${result.kills} kills (seed ${seed}): ${result.files} files, ${verdict}`);
for (const difference of result.differences) console.log(`  ${difference}`);
if (result.differences.length > 0) process.exitCode = 1;
else if (values['data-dir'] === undefined) await rm(folder, { recursive: true, force: true });
