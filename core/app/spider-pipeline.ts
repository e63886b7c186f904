import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../contract/index.ts';
import { asideSuffix, checkStage, findMissing, runStage, withLock } from '../dataset/stages/index.ts';
import type { StageState } from '../dataset/stages/index.ts';
import { findOrDownloadSpider, findSpiderZip } from '../spider/index.ts';
import { withAppNetwork } from './app-network.ts';
import { recoverImport } from '../spider/replace-folder.ts';
import { describeStorageError, expectFolder } from './describe-storage-error.ts';
import { listStages, type SpiderStage, type StageName } from './spider-stages.ts';

export { stageNames } from './spider-stages.ts';
export type { StageName } from './spider-stages.ts';

export interface PipelineOptions {
  /** Holds raw/, processed/, versions/ and cache/: the project's `data` folder by default. */
  dataDir: string;
  /** The Spider release to import: a zip or a folder. By default `raw/spider/spider.zip`, or what is imported. */
  source?: string | undefined;
  /** Downloads the release where there is none at all. Defaults to false. */
  download?: boolean | undefined;
  /** Runs the stages even where nothing has changed. Defaults to false. */
  force?: boolean | undefined;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
  /** Called as each stage ends. */
  onStage?: ((run: StageRun) => void) | undefined;
}

export interface StageRun {
  stage: StageName;
  outcome: 'done' | 'nothing-to-do';
  seconds: number;
}

export type StageStatus = StageState & { stage: StageName };

const missingHint = 'Give the path of spider.zip, or of its unpacked folder.';

/** The project's own `data` folder. */
export const projectDataDir = resolve(import.meta.dirname, '..', '..', 'data');

/** Held by whoever writes below the data folder. Not below `cache`, which may be deleted while a stage runs. */
export async function withPipelineLock<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  await expectFolder(dataDir);
  try {
    return await withLock(join(dataDir, 'pipeline.lock'), work);
  } catch (error) {
    throw await describeStorageError(error, dataDir);
  }
}

/**
 * Runs stages in their order, each only where something it reads, wrote or is made of has changed. Cancelling, or
 * killing the process, leaves what was there before or what is finished; the next run goes on from there.
 * @throws AppError DATASET_MISSING naming the stage that has to run before; CONFLICT while another run works there.
 */
export async function runStages(wanted: StageName[], options: PipelineOptions): Promise<StageRun[]> {
  const { dataDir } = options;
  await expectStart(wanted, options);
  return withPipelineLock(dataDir, async () => {
    await removeLeftovers(dataDir);
    const source = wanted.includes('import') ? await takeSource(options) : undefined;
    const stages = await listStages({ dataDir, source });
    const runs: StageRun[] = [];
    for (const stage of stages.filter(({ name }) => wanted.includes(name))) {
      options.signal?.throwIfAborted();
      const run = await runOne(stage, stages, { ...options, source });
      options.onStage?.(run);
      runs.push(run);
    }
    return runs;
  });
}

/** Before the folder is made and locked: a question asked in the wrong place leaves nothing there. */
async function expectStart(wanted: StageName[], options: PipelineOptions): Promise<void> {
  const { dataDir, source } = options;
  options.signal?.throwIfAborted();
  await expectFolder(dataDir);
  if (source !== undefined && wanted.includes('import')) return expectRelease(source);
  if (wanted.includes('import') && (options.download === true || existsSync(join(dataDir, 'raw')))) return;
  const stages = await listStages({ dataDir });
  const first = stages.find(({ name }) => wanted.includes(name));
  if (first?.name === 'import') throw notImported();
  if (first !== undefined) await expectInputs(first, stages, dataDir);
}

async function runOne(
  stage: SpiderStage,
  stages: SpiderStage[],
  options: PipelineOptions,
): Promise<StageRun> {
  const started = performance.now();
  const report = (message: string) => options.report?.(`${stage.name}: ${message}`);
  report('comparing hashes');
  const outcome = await runOrKeep(stage, stages, { ...options, report });
  return { stage: stage.name, outcome, seconds: (performance.now() - started) / 1000 };
}

async function runOrKeep(stage: SpiderStage, stages: SpiderStage[], options: PipelineOptions) {
  if (stage.name === 'import' && options.source === undefined) return keepImport(stage, options);
  await expectInputs(stage, stages, options.dataDir);
  return runStage(stage, options);
}

/** Stage by stage: done, stale or missing, and why. Runs nothing. */
export async function readStatus(options: PipelineOptions): Promise<StageStatus[]> {
  await expectFolder(options.dataDir);
  const statuses: StageStatus[] = [];
  for (const stage of await listStages(options)) {
    const isKept = stage.name === 'import' && options.source === undefined;
    const own = await checkStage(stage, { ...options, inputs: isKept ? 'ignored' : 'compared' });
    const before = statuses.find(({ state }) => state !== 'done');
    const followed =
      own.state === 'done' && before !== undefined
        ? { state: 'stale' as const, reason: `${before.stage} before it is ${before.state}` }
        : own;
    statuses.push({ stage: stage.name, ...followed });
  }
  return statuses;
}

/** The release that is given, else lies in `raw/spider`; where nothing has been imported yet, a download into it. */
async function takeSource(options: PipelineOptions): Promise<string | undefined> {
  const { dataDir, source, signal, report } = options;
  if (source !== undefined) return resolve(source);
  const spiderDir = spiderDirOf(dataDir);
  const found = await findSpiderZip(spiderDir);
  if (found !== undefined || options.download !== true) return found;
  const [first] = await listStages({ dataDir });
  const state = first && (await checkStage(first, { ...options, inputs: 'ignored' }));
  if (state?.state === 'done') return undefined;
  return withAppNetwork(() => findOrDownloadSpider({ spiderDir, signal, report }));
}

function spiderDirOf(dataDir: string): string {
  return join(dataDir, 'raw', 'spider');
}

/** Without a release to read, what is imported must be whole. */
async function keepImport(stage: SpiderStage, options: PipelineOptions): Promise<'nothing-to-do'> {
  const state = await checkStage(stage, { ...options, inputs: 'ignored' });
  if (state.state === 'done') return 'nothing-to-do';
  if (state.state === 'missing') throw notImported();
  throw new AppError('DATASET_CORRUPT', `The imported Spider is not as it was: ${state.reason}.`, {
    hint: 'Run `sqlcodegen data import FILE` with spider.zip again.',
  });
}

function expectRelease(source: string): void {
  if (existsSync(source)) return;
  throw new AppError('DATASET_MISSING', `There is nothing at ${source}.`, { hint: missingHint });
}

function notImported(): AppError {
  return new AppError('DATASET_MISSING', 'No Spider release has been imported.', {
    hint: 'Run `sqlcodegen data import FILE` with spider.zip first.',
  });
}

/** Names the earliest stage that would make what is missing, and its command. */
async function expectInputs(stage: SpiderStage, stages: SpiderStage[], dataDir: string): Promise<void> {
  const missing = await findAbsent(stage, stages, dataDir);
  if (missing === undefined) return;
  const { producer, path } = missing;
  if (producer === 'import') throw notImported();
  throw new AppError('DATASET_MISSING', `${path} is missing: the stage ${producer} has not run.`, {
    hint: `Run \`sqlcodegen data ${producer}\` first, or \`sqlcodegen data all\`.`,
  });
}

async function findAbsent(
  stage: SpiderStage,
  stages: SpiderStage[],
  dataDir: string,
): Promise<{ producer: StageName; path: string } | undefined> {
  const [path] = await findMissing(dataDir, stage.inputs);
  if (path === undefined) return undefined;
  const producer = stages.find((each) =>
    each.outputs.some((output) => path === output.path || path.startsWith(`${output.path}/`)),
  );
  if (producer === undefined) return undefined;
  return (await findAbsent(producer, stages, dataDir)) ?? { producer: producer.name, path };
}

/** What a killed run left half-written: nobody else writes while the lock is held. */
async function removeLeftovers(dataDir: string): Promise<void> {
  await recoverImport(spiderDirOf(dataDir));
  await rm(join(dataDir, 'processed.converting'), { recursive: true, force: true });
  for (const folder of ['raw', 'processed', 'versions']) {
    const names = await readdir(join(dataDir, folder), { recursive: true }).catch(() => []);
    for (const name of names.filter((each) => each.endsWith(asideSuffix))) {
      await rm(join(dataDir, folder, name), { recursive: true, force: true });
    }
  }
}
