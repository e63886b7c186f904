import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from './create-random.ts';
import { findServerPid, runData, startData, type DataProcess } from './data-process.ts';

export interface KillTestOptions {
  /** A Spider release: zip or folder. */
  spider: string;
  /** An empty folder for both runs. */
  folder: string;
  kills: number;
  /** Of the moments at which it is killed. */
  seed: number;
  report: (line: string) => void;
}

export interface KillTestResult {
  /** Files that differ, are missing or are left over; empty where both runs ended alike. */
  differences: string[];
  files: number;
  /** How long the undisturbed run took. */
  seconds: number;
  /** Kills that met a running process. */
  kills: number;
}

/**
 * Runs `data all` once undisturbed, and once killed (SIGKILL) at random moments and restarted each time; every second
 * kill takes the PostgreSQL server with it. Before the last restart come what a power cut may leave: half-written
 * files, and a published one that was cut short. Compares all files but those of `cache`, byte by byte.
 */
export async function runKillTest(options: KillTestOptions): Promise<KillTestResult> {
  const { spider, folder, report } = options;
  const [straight, killed] = [join(folder, 'straight'), join(folder, 'killed')];
  const { out, seconds } = await runData(['all', '--spider', spider, '--data-dir', straight, '--json']);
  report(`undisturbed: ${seconds.toFixed(1)} s`);
  const { stages } = JSON.parse(out) as { stages: StageTime[] };
  let kills = 0;
  for (const [index, moment] of drawMoments(stages, options).entries()) {
    if (await killAt(moment, index % 2 === 1, killed, options)) kills += 1;
  }
  await runData(['all', '--spider', spider, '--data-dir', killed]);
  await leaveAsAfterPowerCut(killed);
  report('half-written files are in place, and a split is cut short');
  await runData(['all', '--spider', spider, '--data-dir', killed]);
  const [left, right] = [await hashTree(straight), await hashTree(killed)];
  return { differences: compareTrees(left, right), files: left.size, seconds, kills };
}

interface StageTime {
  stage: string;
  seconds: number;
}

/** Where in the pipeline a run is killed: so many seconds after a stage has begun. */
interface Moment {
  stage: string;
  /** The stage before, whose end says that this one begins. */
  after: string | undefined;
  seconds: number;
}

/**
 * Moments drawn evenly over the undisturbed run, in their order. A run that follows a kill within one stage has the
 * seconds that were left till the next, since finished work is kept.
 */
function drawMoments(stages: StageTime[], { kills, seed }: KillTestOptions): Moment[] {
  const random = createRandom(seed);
  const total = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  const drawn = Array.from({ length: kills }, () => random() * total).sort((a, b) => a - b);
  const moments: Moment[] = [];
  let last = { stage: '', seconds: 0 };
  for (const at of drawn) {
    const { index, within } = locate(stages, at);
    const stage = stages[index]?.stage ?? '';
    const seconds = within - (last.stage === stage ? last.seconds : 0);
    moments.push({ stage, after: stages[index - 1]?.stage, seconds });
    last = { stage, seconds: within };
  }
  return moments;
}

function locate(stages: StageTime[], at: number): { index: number; within: number } {
  let within = at;
  for (const [index, { seconds }] of stages.entries()) {
    if (within < seconds || index === stages.length - 1) return { index, within };
    within -= seconds;
  }
  return { index: 0, within: 0 };
}

/** @returns whether a running process was killed, not one that had just ended */
async function killAt(moment: Moment, withServer: boolean, dataDir: string, options: KillTestOptions) {
  const run = startData(['all', '--spider', options.spider, '--data-dir', dataDir]);
  const started = performance.now();
  await Promise.race([run.ended, waitFor(moment, run)]);
  const isRunning = run.child.exitCode === null;
  run.child.kill('SIGKILL');
  const { exitCode, err } = await run.ended;
  if (isRunning && withServer) await killServer(dataDir);
  if (!isRunning && exitCode !== 0) throw new Error(`It failed after a kill:\n${err}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  const how = `${withServer ? ', with its server' : ''}${isRunning ? '' : ': it had ended before'}`;
  options.report(`killed in ${moment.stage}, ${seconds} s after the start${how}`);
  return isRunning;
}

/** Until so long into the stage, or the stage has ended: it had less left to do than in the undisturbed run. */
async function waitFor({ stage, after, seconds }: Moment, run: DataProcess): Promise<void> {
  if (after !== undefined) await run.sees(`${after}: `);
  await Promise.race([run.sees(`${stage}: `), delay(seconds * 1000)]);
}

async function killServer(dataDir: string): Promise<void> {
  const pid = await findServerPid(dataDir);
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Half-written files beside the finished ones, a manifest and a split cut short. */
async function leaveAsAfterPowerCut(dataDir: string): Promise<void> {
  const half = async (from: string, to: string) => {
    const bytes = await readFile(join(dataDir, from));
    await mkdir(join(dataDir, to, '..'), { recursive: true });
    await writeFile(join(dataDir, to), bytes.subarray(0, bytes.length / 2));
  };
  const pairs = 'processed/pairs.jsonl';
  await half(pairs, `${pairs}.partial`);
  await half(pairs, 'processed.converting/pairs.jsonl');
  await half('raw/spider/dev.json', 'raw/spider.importing/dev.json');
  await half(pairs, 'versions/0123456789ab.partial/examples.jsonl');
  await half('processed/manifests/format.json', 'processed/manifests/format.json');
  const split = join(dataDir, 'processed', 'train_postgres.jsonl');
  await truncate(split, Math.floor((await stat(split)).size / 2));
  await appendFile(split, Buffer.alloc(100));
}

/** All files but those of `cache`, by path. */
async function hashTree(dataDir: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(dataDir, file).split(sep).join('/');
    if (!entry.isFile() || path.startsWith('cache/')) continue;
    hashes.set(
      path,
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
  }
  return hashes;
}

function compareTrees(left: Map<string, string>, right: Map<string, string>): string[] {
  const missing = [...left.keys()].filter((path) => !right.has(path)).map((path) => `${path} is missing`);
  const added = [...right.keys()].filter((path) => !left.has(path)).map((path) => `${path} is left over`);
  const other = [...left].filter(([path, hash]) => right.has(path) && right.get(path) !== hash);
  return [...missing, ...added, ...other.map(([path]) => `${path} differs`)].sort();
}
