/**
 * `node build/scripts/data-bench.ts --spider FILE [--data-dir DIR] [--json]`: how long `data all` takes in an empty
 * folder, stage by stage, how much memory it holds at most (with its PostgreSQL), and how long a second run takes.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findServerPid, startData } from './data-process.ts';
import { startMemoryMeter } from './measure-memory.ts';

interface Measured {
  seconds: number;
  peakMiB: number | undefined;
  stages: { stage: string; outcome: string; seconds: number }[];
}

const { values } = parseArgs({
  options: { spider: { type: 'string' }, 'data-dir': { type: 'string' }, json: { type: 'boolean' } },
});
if (values.spider === undefined) {
  console.error('Give the release: --spider FILE');
  process.exit(2);
}
const spider = resolve(values.spider);
const given = values['data-dir'];
if (given !== undefined && existsSync(given) && (await readdir(given)).length > 0) {
  console.error(`${given} is not empty: the first run would have nothing to do.`);
  process.exit(2);
}
const dataDir = resolve(given ?? (await mkdtemp(join(tmpdir(), 'sqlcodegen-data-bench-'))));
const first = await measure();
const second = await measure();
if (given === undefined) await rm(dataDir, { recursive: true, force: true });
if (values.json) console.log(JSON.stringify({ cpus: cpus().length, first, second }));
else print();

async function measure(): Promise<Measured> {
  const run = startData(['all', '--spider', spider, '--data-dir', dataDir, '--json']);
  const { pid } = run.child;
  const meter = startMemoryMeter(async () => {
    const server = await findServerPid(dataDir).catch(() => undefined);
    return [pid, server].filter((each) => each !== undefined);
  });
  const { exitCode, out, err, seconds } = await run.ended;
  const peakMiB = await meter.stop();
  if (exitCode !== 0) throw new Error(`data all ended with ${String(exitCode)}:\n${err}`);
  const { stages } = JSON.parse(out) as Pick<Measured, 'stages'>;
  return { seconds, peakMiB, stages };
}

function print(): void {
  for (const { stage, seconds } of first.stages) {
    console.log(`${stage.padEnd(10)}${seconds.toFixed(1).padStart(7)} s`);
  }
  console.log(`${'all'.padEnd(10)}${first.seconds.toFixed(1).padStart(7)} s on ${cpus().length} cores`);
  const peak = first.peakMiB === undefined ? 'not measured here' : `${Math.round(first.peakMiB)} MiB`;
  console.log(`peak memory, PostgreSQL included: ${peak}`);
  console.log(`second run: ${second.seconds.toFixed(1)} s`);
}
