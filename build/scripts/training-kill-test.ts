/**
 * `npm run -s training-kill-test -- [--rounds 50] [--steps 60] [--seed N] [--folder DIR]`: whether training through the app,
 * with app, trainer and connection killed at random moments, ends as if nothing had been. Exit code 1 where it does not.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { whyNotTrain } from '../../core/app/training/testing/tiny-run.ts';
import { findSshd, startSshd } from '../../core/training/launchers/ssh/testing/start-sshd.ts';
import { runKillTraining } from './kill-training.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    steps: { type: 'string', default: '60' },
    seed: { type: 'string' },
    folder: { type: 'string' },
  },
});
const missing = whyNotTrain();
if (missing !== undefined) {
  console.error(missing);
  process.exit(2);
}
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'sqlcodegen-kill-training-')));
await mkdir(folder, { recursive: true });
console.log(`seed ${seed}, in ${folder}`);
const sshd = findSshd();
if (!sshd)
  console.log(
    'No run over SSH, and no connection, is killed: `node build/scripts/ensure-sshd.ts` installs sshd.',
  );
const server = sshd ? await startSshd(sshd) : undefined;
const started = performance.now();
const result = await runKillTraining({
  folder: resolve(folder),
  rounds: Number(values.rounds),
  steps: Number(values.steps),
  seed,
  server,
  report: (line) =>
    console.log(`${((performance.now() - started) / 1_000).toFixed(0).padStart(5)} s  ${line}`),
});
await server?.stop();
const counted = Object.entries(result.kills).map(([name, count]) => `${name} ${count}`);
const verdict = result.problems.length === 0 ? 'all as undisturbed' : `${result.problems.length} problems`;
console.log(
  `${counted.join(', ')}; ${result.runs} runs, ${result.starts} starts, ${result.events} events: ${verdict}`,
);
for (const problem of result.problems) console.log(`  ${problem}`);
if (result.problems.length > 0) process.exitCode = 1;
else if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
