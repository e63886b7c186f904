import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestSshd } from '../../core/training/launchers/ssh/testing/start-sshd.ts';
import { createRandom } from './create-random.ts';
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
import { openApp, seenSteps, type HostOfApp, type KillableApp } from './killable-app.ts';

export interface KillTrainingOptions {
  /** An empty folder for all runs. */
  folder: string;
  /** Kills that must meet what they are meant for. */
  rounds: number;
  /** Of one run; a run that finishes before the last round is followed by another. */
  steps: number;
  /** Of the moments and of what is killed. */
  seed: number;
  /** Every second run trains over SSH on this server, whose connections are killed, too. Defaults to none. */
  server?: TestSshd | undefined;
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

type Victim = 'app' | 'trainer' | 'both' | 'both and supervisor' | 'connection';
const victims: readonly Victim[] = ['app', 'app', 'trainer', 'trainer', 'both', 'both and supervisor'];
const remoteVictims: readonly Victim[] = ['connection', 'connection', 'connection', ...victims];
/** Then the next run is killed at, so that both kinds are. */
const killsOfRun = 5;
/** A round in which nothing that can be killed shows up has gone wrong. */
const roundLimitMs = 180_000;

/**
 * Trains once undisturbed; then, through the app's core in a process of its own, kills (SIGKILL) app, trainer, both, both
 * with the trainer's supervisor, or what serves the connection, at random moments; the app is opened again each time, attaches or resumes. Each run that
 * finishes must have all its events, whole checkpoints, and the adapter of the undisturbed run, bit by bit; at the end no
 * process is left.
 */
export async function runKillTraining(options: KillTrainingOptions): Promise<KillTrainingResult> {
  const random = createRandom(options.seed);
  const straight = await trainStraight(options);
  const result: KillTrainingResult = {
    ...{ problems: [], runs: 0, starts: 0, events: 0 },
    kills: { app: 0, trainer: 0, both: 0, 'both and supervisor': 0, connection: 0 },
  };
  let kills = 0;
  for (let number = 1; kills < options.rounds; number += 1) {
    const folder = join(options.folder, `killed-${number}`);
    await mkdir(folder, { recursive: true });
    const remote = number % 2 === 0 ? options.server : undefined;
    const most = options.server ? Math.min(killsOfRun, Math.ceil(options.rounds / 2)) : options.rounds;
    const rounds = Math.min(most, options.rounds - kills);
    kills += await killOneRun({ folder, remote }, rounds, random, options, result);
    await judgeRun({ folder, remote }, straight, options, result);
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

/** A run that is killed at. */
interface KilledRun {
  folder: string;
  /** The server that it trains on; undefined: here. */
  remote: TestSshd | undefined;
}

/** Where the trainer works: the run's folder, or the one on the host, which is this machine, too. */
function trainerDirOf({ folder, remote }: KilledRun): string {
  return remote ? join(folder, 'host', 'runs', 'kill-test') : runDirOf(folder);
}

function hostOf({ folder, remote }: KilledRun): HostOfApp | undefined {
  if (!remote) return undefined;
  const { port, user, keyPath, knownHostsLine } = remote;
  return { port, user, keyPath, knownHostsLine, folder: join(folder, 'host') };
}

/** Kills until so many rounds are done or the run has finished, then lets it finish. @returns how many kills it was */
async function killOneRun(
  run: KilledRun,
  rounds: number,
  random: () => number,
  options: KillTrainingOptions,
  result: KillTrainingResult,
): Promise<number> {
  const { folder, remote } = run;
  const [host, chosen] = [hostOf(run), remote ? remoteVictims : victims];
  let app = openApp(folder, options.steps, host);
  let kills = 0;
  while (kills < rounds) {
    const drawn = chosen[Math.floor(random() * chosen.length)] ?? 'app';
    // However few kills there are: the connection is among them.
    const victim = remote && kills === 0 ? 'connection' : drawn;
    if ((await waitForMoment(app, folder, random)) === 'finished') break;
    const killed = await kill(victim, app, run);
    if (!killed) continue;
    kills += 1;
    result.kills[victim] += 1;
    options.report(`killed ${victim} at step ${lastStep(folder)} of ${nameOf(run)}`);
    result.problems.push(...(await checkCheckpoints(trainerDirOf(run))));
    if (victim !== 'trainer' && victim !== 'connection') app = openApp(folder, options.steps, host);
  }
  await app.finished;
  result.runs += 1;
  return kills;
}

/** Mostly while it trains, so that it gets on; else whenever: the app comes up, the trainer starts or saves. */
async function waitForMoment(
  app: KillableApp,
  folder: string,
  random: () => number,
): Promise<'finished' | 'now'> {
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
async function kill(victim: Victim, app: KillableApp, run: KilledRun): Promise<boolean> {
  if (victim === 'connection') return (run.remote?.dropConnections() ?? 0) > 0;
  const record = await readRecord(trainerDirOf(run));
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

/** All events there and valid, each step told to the app, the same adapter. */
async function judgeRun(
  run: KilledRun,
  straight: string,
  { steps }: KillTrainingOptions,
  result: KillTrainingResult,
): Promise<void> {
  const { folder } = run;
  const name = nameOf(run);
  const events = readEvents(folder, result.problems);
  result.events += events.length;
  result.starts += events.filter(({ event }) => event === 'run_started').length;
  result.problems.push(...findGaps(events, steps).map((problem) => `${name}: ${problem}`));
  const wanted = Array.from({ length: steps }, (_, index) => index + 1);
  if (JSON.stringify(seenSteps.get(folder)) !== JSON.stringify(wanted)) {
    result.problems.push(`${name}: the app was told the steps ${String(seenSteps.get(folder))}`);
  }
  const adapter = await hashAdapter(folder).catch(() => undefined);
  if (adapter !== straight) {
    result.problems.push(`${name}: ${adapter ? 'another adapter than undisturbed' : 'no adapter is here'}`);
  }
  result.problems.push(...(await checkCheckpoints(trainerDirOf(run))));
}

function nameOf({ folder, remote }: KilledRun): string {
  return `${folder.split('/').at(-1) ?? folder}${remote ? ' over SSH' : ''}`;
}

const seconds = (since: number) => ((performance.now() - since) / 1_000).toFixed(1);
