import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import type { TrainingCheckpoint, TrainingRunInfo } from '../../contract/index.ts';
import type { RunLog } from './run-log.ts';

type Artifact = TrainingRunInfo['artifacts'][number];

/** Whole checkpoints of a run: those in its folder, and those that its events speak of and another machine has. */
export async function listCheckpoints(
  runDir: string,
  log: RunLog,
  isRemote: boolean,
): Promise<TrainingCheckpoint[]> {
  const folder = join(runDir, 'checkpoints');
  const here = (await readdir(folder).catch(() => [])).filter((name) => /^step-\d+$/.test(name));
  const told = isRemote ? toldCheckpoints(log) : new Map<string, number>();
  const names = [...new Set([...here, ...told.keys()])].toSorted();
  const best = log.checkpoints.findLast((event) => event.is_best)?.step;
  return Promise.all(
    names.map(async (name): Promise<TrainingCheckpoint> => {
      const step = Number(name.slice('step-'.length));
      const isHere = here.includes(name);
      const bytes = isHere ? await measureFolder(join(folder, name)) : (told.get(name) ?? 0);
      return { name, step, bytes, isBest: step === best, here: isHere, ...scoresAt(log, step) };
    }),
  );
}

/** The trainer keeps the newest ones and the best; what it deleted before that is not known here. */
const keptAtMost = 3;

function toldCheckpoints({ checkpoints }: RunLog): Map<string, number> {
  const best = checkpoints.findLast((event) => event.is_best);
  const newest = checkpoints.slice(-keptAtMost);
  return new Map([...(best ? [best] : []), ...newest].map(({ path, bytes }) => [basename(path), bytes]));
}

function scoresAt({ evaluations }: RunLog, step: number): Partial<TrainingCheckpoint> {
  const at = evaluations.step.lastIndexOf(step);
  const [loss, accuracy] = [evaluations.validationLoss[at], evaluations.executionAccuracy[at]];
  return {
    ...(typeof loss === 'number' ? { validationLoss: loss } : {}),
    ...(typeof accuracy === 'number' ? { executionAccuracy: accuracy } : {}),
  };
}

/** What the run made: what lies in its folder, what was exported, and what another machine says it has. */
export async function listArtifacts(
  runDir: string,
  log: RunLog,
  exported: readonly string[],
): Promise<Artifact[]> {
  const found = [
    await findFolder('adapter', join(runDir, 'adapter'), 'adapter_config.json'),
    await findFolder('model', join(runDir, 'model'), 'config.json'),
    ...(await findGguf(join(runDir, 'gguf'))),
    ...(await Promise.all(exported.map((path) => findFile('gguf', path)))),
    await findFile('model_card', join(runDir, 'README.md')),
    await findFile('manifest', join(runDir, 'manifest.json')),
  ].flatMap((artifact) => artifact ?? []);
  const paths = new Set(found.map(({ path }) => path));
  const elsewhere = log.artifacts
    .map((event) => toArtifact(runDir, event))
    .filter(({ kind, path }) => kind !== 'predictions' && !paths.has(path));
  const there = new Map(elsewhere.map((artifact) => [artifact.path, artifact]));
  // What was written and is not there any more, nor anywhere else that is known, is no artifact.
  return [...found, ...(isAwaiting(found) ? there.values() : [])];
}

/** A run elsewhere whose results were not brought yet has no manifest here. */
function isAwaiting(found: readonly Artifact[]): boolean {
  return !found.some(({ kind }) => kind === 'manifest');
}

/** When the results that lie here were written, in ms; the manifest is brought last. */
export async function readFinishedAt(runDir: string): Promise<number | undefined> {
  const text = await readFile(join(runDir, 'manifest.json'), 'utf8').catch(() => undefined);
  const finishedAt = text === undefined ? NaN : Date.parse(manifestTimeOf(text));
  return Number.isNaN(finishedAt) ? undefined : finishedAt;
}

/** Empty where it is no manifest, or was cut short. */
function manifestTimeOf(text: string): string {
  try {
    return String((JSON.parse(text) as { finished_at?: unknown }).finished_at);
  } catch {
    return '';
  }
}

function toArtifact(runDir: string, event: RunLog['artifacts'][number]): Artifact {
  const path = isAbsolute(event.path) ? event.path : join(runDir, event.path);
  return { kind: event.artifact, path, here: false, ...(event.bytes === null ? {} : { bytes: event.bytes }) };
}

async function findFile(kind: Artifact['kind'], path: string): Promise<Artifact | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? { kind, path, bytes: found.size, here: true } : undefined;
}

async function findFolder(
  kind: Artifact['kind'],
  path: string,
  proof: string,
): Promise<Artifact | undefined> {
  const found = await stat(join(path, proof)).catch(() => undefined);
  return found?.isFile() ? { kind, path, bytes: await measureFolder(path), here: true } : undefined;
}

async function findGguf(folder: string): Promise<(Artifact | undefined)[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.gguf'));
  return Promise.all(names.toSorted().map((name) => findFile('gguf', join(folder, name))));
}

/** Its files may be deleted meanwhile: those count nothing. */
export async function measureFolder(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const stats = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return stats.reduce((total, each) => total + (each?.isFile() === true ? each.size : 0), 0);
}
