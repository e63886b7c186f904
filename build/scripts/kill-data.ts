import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findServerPid, runData, startData } from './data-process.ts';

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
  const { seconds } = await runData(['all', '--spider', spider, '--data-dir', straight]);
  report(`undisturbed: ${seconds.toFixed(1)} s`);
  const kills = await killAgainAndAgain(killed, seconds, options);
  await runData(['all', '--spider', spider, '--data-dir', killed]);
  await leaveAsAfterPowerCut(killed);
  report('half-written files are in place, and a split is cut short');
  await runData(['all', '--spider', spider, '--data-dir', killed]);
  const [left, right] = [await hashTree(straight), await hashTree(killed)];
  return { differences: compareTrees(left, right), files: left.size, seconds, kills };
}

/** Moments such that the killed runs together last about as long as the undisturbed one: every stage is met. */
async function killAgainAndAgain(
  dataDir: string,
  seconds: number,
  options: KillTestOptions,
): Promise<number> {
  const random = createRandom(options.seed);
  const longest = (2 * seconds) / options.kills;
  let kills = 0;
  for (let attempt = 1; kills < options.kills && attempt <= 3 * options.kills; attempt += 1) {
    const wait = 0.2 + random() * longest;
    const withServer = kills % 2 === 1;
    if (await killAfter(wait, withServer, dataDir, options)) kills += 1;
    // It was quicker: let the stages have something to do again, with what they keep in the cache.
    else await rm(join(dataDir, 'processed', 'manifests'), { recursive: true, force: true });
  }
  return kills;
}

async function killAfter(
  seconds: number,
  withServer: boolean,
  dataDir: string,
  { spider, report }: KillTestOptions,
): Promise<boolean> {
  const run = startData(['all', '--spider', spider, '--data-dir', dataDir]);
  const first = await Promise.race([run.ended, delay(seconds * 1000, undefined, { ref: false })]);
  if (first !== undefined) {
    if (first.exitCode !== 0) throw new Error(`It failed after a kill:\n${first.err}`);
    return false;
  }
  run.child.kill('SIGKILL');
  const { err } = await run.ended;
  if (withServer) await killServer(dataDir);
  const stage = err.trimEnd().split('\n').at(-1) ?? '';
  report(
    `killed after ${seconds.toFixed(2)} s${withServer ? ', with its server' : ''} (last: ${stage || 'nothing yet'})`,
  );
  return true;
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
  await half(pairs, 'versions/0123456789ab.partial/examples.jsonl.gz');
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

/** Numbers in [0, 1), the same for a seed on every machine (mulberry32, a public-domain generator). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
