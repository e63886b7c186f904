import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { AppError, type RunEvent, type RunEventOf } from '../contract/index.ts';
import { readEvents } from './read-events.ts';

/**
 * `unfinished`: no event ended it. It is running, or its process was killed: the folder cannot tell, so ask whoever
 * started it, or look at `lastEventAt`.
 */
export type RunState = 'not_started' | 'unfinished' | 'finished' | 'stopped' | 'stopped_early' | 'failed';

export interface RunCheckpoint {
  /** `step-000500`, a folder below `checkpoints`. */
  name: string;
  step: number;
  bytes: number;
  isBest: boolean;
  /** Of these very weights; absent where none was made at this step. */
  evaluation?: RunEventOf<'eval'>;
}

export interface RunSummary {
  runDir: string;
  /** The recipe's, as the run was started with it; the folder's where nothing says it. */
  name: string;
  state: RunState;
  /** ISO 8601; absent before the first event. */
  lastEventAt?: string;
  /** Of the newest start or resume. */
  started?: RunEventOf<'run_started'>;
  lastStep?: RunEventOf<'step'>;
  lastEvaluation?: RunEventOf<'eval'>;
  failure?: RunEventOf<'run_failed'>;
  /** Whole ones that are on disk, oldest first. */
  checkpoints: RunCheckpoint[];
  artifacts: RunEventOf<'artifact'>[];
  warnings: RunEventOf<'warning'>[];
  /** Written last: where it is present, the run is complete. */
  manifest?: RunManifest;
  /** What could not be read, a sentence each. */
  problems: string[];
}

const runManifestSchema = z.looseObject({ format: z.int(), name: z.string() });
export type RunManifest = z.infer<typeof runManifestSchema>;

/**
 * What a run's folder says, whichever machine it was made on. Damaged parts are named in `problems`.
 * @throws AppError NOT_FOUND where there is no such folder
 */
export async function readRun(runDir: string): Promise<RunSummary> {
  await expectRunDir(runDir);
  const { events, problems } = await readEvents(join(runDir, 'events.jsonl'));
  const manifest = await readManifest(runDir, problems);
  const started = ofKind(events, 'run_started').at(-1);
  return {
    runDir,
    name: started?.name ?? manifest?.name ?? (await readConfigName(runDir)) ?? basename(runDir),
    state: stateOf(events),
    lastEventAt: events.at(-1)?.time,
    started,
    lastStep: ofKind(events, 'step').at(-1),
    lastEvaluation: ofKind(events, 'eval').at(-1),
    failure: stateOf(events) === 'failed' ? ofKind(events, 'run_failed').at(-1) : undefined,
    checkpoints: await readCheckpoints(runDir, events),
    artifacts: ofKind(events, 'artifact'),
    warnings: ofKind(events, 'warning'),
    manifest,
    problems,
  };
}

async function expectRunDir(runDir: string): Promise<void> {
  const found = await stat(runDir).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new AppError('NOT_FOUND', `There is no run at ${runDir}.`, {
    hint: "Give the folder that holds the run's config.yaml.",
  });
}

/** The newest start counts: what ended before it was resumed. */
function stateOf(events: readonly RunEvent[]): RunState {
  const last = events.findLast(({ event }) => /^run_/.test(event));
  if (last?.event === 'run_finished') return last.outcome;
  if (last?.event === 'run_failed') return 'failed';
  return events.length === 0 ? 'not_started' : 'unfinished';
}

function ofKind<K extends RunEvent['event']>(events: readonly RunEvent[], kind: K): RunEventOf<K>[] {
  return events.filter((event): event is RunEventOf<K> => event.event === kind);
}

/** A folder named step-N is whole: the trainer writes it aside and renames it. */
async function readCheckpoints(runDir: string, events: readonly RunEvent[]): Promise<RunCheckpoint[]> {
  const folder = join(runDir, 'checkpoints');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^step-\d+$/.test(name));
  const bestStep = findBestStep(events);
  const evaluations = ofKind(events, 'eval');
  const checkpoints = names.map(async (name): Promise<RunCheckpoint> => {
    const step = Number(name.slice('step-'.length));
    const evaluation = evaluations.findLast((each) => each.step === step);
    const bytes = await measureFolder(join(folder, name));
    return { name, step, bytes, isBest: step === bestStep, evaluation };
  });
  return (await Promise.all(checkpoints)).toSorted((a, b) => a.step - b.step);
}

/** Each checkpoint says whether it is the best so far, so the last that does is the best of all. */
function findBestStep(events: readonly RunEvent[]): number | undefined {
  return ofKind(events, 'checkpoint').findLast((checkpoint) => checkpoint.is_best)?.step;
}

/** Its files may be deleted meanwhile: those count nothing. */
async function measureFolder(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const stats = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return stats.reduce((total, each) => total + (each?.isFile() === true ? each.size : 0), 0);
}

async function readManifest(runDir: string, problems: string[]): Promise<RunManifest | undefined> {
  const file = join(runDir, 'manifest.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return runManifestSchema.parse(JSON.parse(text));
  } catch {
    problems.push(`${file} is not a manifest, perhaps cut short.`);
    return undefined;
  }
}

/** The trainer writes config.yaml with every key on a line of its own, so its name needs no parser of YAML. */
async function readConfigName(runDir: string): Promise<string | undefined> {
  const text = await readFile(join(runDir, 'config.yaml'), 'utf8').catch(() => '');
  return /^name:[ \t]*(['"]?)(\S.*?)\1[ \t]*\r?$/m.exec(text)?.[2];
}
