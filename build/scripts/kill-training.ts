import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import {
  checkCheckpoints,
  findGaps,
  hashAdapter,
  lastStep,
  readEvents,
  readRecord,
  runDirOf,
} from './judge-training.ts';
import { findProcesses, isAlive } from './living-processes.ts';
import { root } from './run-command.ts';

export interface KillTrainingOptions {
  /** An empty folder for all runs. */
  folder: string;
  /** Kills that must meet what they are meant for. */
  rounds: number;
  /** Of one run; a run that finishes before the last round is followed by another. */
  steps: number;
  /** Of the moments and of what is killed. */
  seed: number;
  report: (line: string) => void;
}

export interface KillTrainingResult {
  /** What went wrong, a sentence each; empty where all is as it should be. */
  problems: string[];
  /** How often each was killed. */
  kills: Record<Victim, number>;
  /** Runs that were killed at and finished all the same. */
  runs: number;
  /** Starts of the trainer in them. */
  starts: number;
  /** Events that these runs wrote. */
  events: number;
}

type Victim = 'app' | 'trainer' | 'both' | 'both and supervisor';
const victims: readonly Victim[] = ['app', 'app', 'trainer', 'trainer', 'both', 'both and supervisor'];
/** A round in which nothing that can be killed shows up has gone wrong. */
const roundLimitMs = 180_000;

/**
 * Trains once undisturbed; then, through the app's core in a process of its own, kills (SIGKILL) app, trainer, both, or
 * both with the trainer's supervisor at random moments; the app is opened again each time, attaches or resumes. Each run that
 * finishes must have all its events, whole checkpoints, and the adapter of the undisturbed run, bit by bit; at the end no
 * process is left.
 */
export async function runKillTraining(options: KillTrainingOptions): Promise<KillTrainingResult> {
  const random = createRandom(options.seed);
  const straight = await trainStraight(options);
  const result: KillTrainingResult = {
    ...{ problems: [], runs: 0, starts: 0, events: 0 },
    kills: { app: 0, trainer: 0, both: 0, 'both and supervisor': 0 },
  };
  let kills = 0;
  for (let number = 1; kills < options.rounds; number += 1) {
    const folder = join(options.folder, `killed-${number}`);
    await mkdir(folder, { recursive: true });
    kills += await killOneRun(folder, options.rounds - kills, random, options, result);
    await judgeRun(folder, straight, options, result);
  }
  await delay(500);
  result.problems.push(...findProcesses(options.folder).map((process) => `process ${process} is left`));
  return result;
}

async function trainStraight(options: KillTrainingOptions): Promise<string> {
  const folder = join(options.folder, 'straight');
  await mkdir(folder, { recursive: true });
  const started = performance.now();
  await openApp(folder, options.steps).finished;
  const hash = await hashAdapter(folder);
  options.report(`undisturbed: ${seconds(started)} s, adapter ${hash.slice(0, 12)}`);
  return hash;
}

/** Kills until so many rounds are done or the run has finished, then lets it finish. @returns how many kills it was */
async function killOneRun(
  folder: string,
  rounds: number,
  random: () => number,
  options: KillTrainingOptions,
  result: KillTrainingResult,
): Promise<number> {
  let app = openApp(folder, options.steps);
  let kills = 0;
  while (kills < rounds) {
    const victim = victims[Math.floor(random() * victims.length)] ?? 'app';
    if ((await waitForMoment(app, folder, random)) === 'finished') break;
    const killed = await kill(victim, app, folder);
    if (!killed) continue;
    kills += 1;
    result.kills[victim] += 1;
    options.report(`killed ${victim} at step ${lastStep(folder)} of ${folder.split('/').at(-1) ?? ''}`);
    result.problems.push(...(await checkCheckpoints(folder)));
    if (victim !== 'trainer') app = openApp(folder, options.steps);
  }
  await app.finished;
  result.runs += 1;
  return kills;
}

/** Mostly while it trains, so that it gets on; else whenever: the app comes up, the trainer starts or saves. */
async function waitForMoment(app: App, folder: string, random: () => number): Promise<'finished' | 'now'> {
  const limit = AbortSignal.timeout(roundLimitMs);
  const moment = async () => {
    await app.ready;
    if (random() < 0.7) await waitForNews(folder, limit);
    await delay(random() * 1_500);
    return 'now' as const;
  };
  return Promise.race([app.finished.then(() => 'finished' as const), moment()]);
}

async function waitForNews(folder: string, signal: AbortSignal): Promise<void> {
  const size = async () =>
    (await stat(join(runDirOf(folder), 'events.jsonl')).catch(() => undefined))?.size ?? 0;
  const before = await size();
  while ((await size()) <= before) await delay(20, undefined, { signal });
}

/** @returns whether all that it is meant for was alive */
async function kill(victim: Victim, app: App, folder: string): Promise<boolean> {
  const record = await readRecord(folder);
  const trainers = record
    ? [record.pid, ...(victim === 'both and supervisor' ? [record.supervisorPid] : [])]
    : [];
  if (victim === 'app') return app.kill();
  const alive = trainers.length > 0 && trainers.every(isAlive);
  if (!alive) return false;
  if (victim === 'trainer') return sendKill(trainers);
  const killed = await app.kill();
  sendKill(trainers);
  return killed;
}

function sendKill(pids: readonly number[]): boolean {
  for (const pid of pids.toReversed()) process.kill(pid, 'SIGKILL');
  return true;
}

interface App {
  /** Its core is up and the run is known. */
  ready: Promise<unknown>;
  /** Rejects where it ends before the run has finished without having been killed. */
  finished: Promise<unknown>;
  kill(): Promise<boolean>;
}

function openApp(folder: string, steps: number): App {
  const child = spawn(
    process.execPath,
    [join(root, 'build', 'scripts', 'train-app.ts'), folder, String(steps)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ready = Promise.withResolvers<undefined>();
  const finished = Promise.withResolvers<undefined>();
  let isKilled = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.includes('"runId"')) ready.resolve(undefined);
    if (line.includes('"finished":')) noteSeen(folder, line);
  });
  const ended = new Promise<undefined>((resolve) => {
    child.once('close', (code) => {
      resolve(undefined);
      if (isKilled) return;
      if (code === 0) return finished.resolve(undefined);
      ready.reject(new Error(`the app ended with ${String(code)}: ${errors}`));
      finished.reject(new Error(`the app ended with ${String(code)}: ${errors}`));
    });
  });
  void ready.promise.catch(() => undefined);
  void finished.promise.catch(() => undefined);
  return {
    ready: ready.promise,
    finished: finished.promise,
    async kill() {
      if (hasEnded(child)) return false;
      isKilled = true;
      child.kill('SIGKILL');
      await ended;
      return true;
    },
  };
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

const seenSteps = new Map<string, number[]>();

function noteSeen(folder: string, line: string): void {
  const said = JSON.parse(line) as { seen?: number[] };
  if (said.seen) seenSteps.set(folder, said.seen);
}

/** All events there and valid, each step told to the app, the same adapter. */
async function judgeRun(
  folder: string,
  straight: string,
  { steps }: KillTrainingOptions,
  result: KillTrainingResult,
): Promise<void> {
  const name = folder.split('/').at(-1) ?? folder;
  const events = readEvents(folder, result.problems);
  result.events += events.length;
  result.starts += events.filter(({ event }) => event === 'run_started').length;
  result.problems.push(...findGaps(events, steps).map((problem) => `${name}: ${problem}`));
  const wanted = Array.from({ length: steps }, (_, index) => index + 1);
  if (JSON.stringify(seenSteps.get(folder)) !== JSON.stringify(wanted)) {
    result.problems.push(`${name}: the app was told the steps ${String(seenSteps.get(folder))}`);
  }
  if ((await hashAdapter(folder)) !== straight)
    result.problems.push(`${name}: another adapter than undisturbed`);
  result.problems.push(...(await checkCheckpoints(folder)));
}

const seconds = (since: number) => ((performance.now() - since) / 1_000).toFixed(1);

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
