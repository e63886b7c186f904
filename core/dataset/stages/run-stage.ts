import { join } from 'node:path';
import { AppError } from '../../contract/index.ts';
import { findMissing, hashPaths } from './hash-files.ts';
import type { HashedFile, StagePath } from './hash-files.ts';
import { describeChange, readStageManifest, writeStageManifest } from './stage-manifest.ts';
import type { StageManifest } from './stage-manifest.ts';

export interface StageContext {
  /** What earlier runs left to go on from is not to be used either. Defaults to false. */
  force?: boolean | undefined;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/** One step of a pipeline: files in, files out. */
export interface Stage {
  name: string;
  /** Another whenever the same inputs would give other outputs: what another version wrote is made again. */
  version: string;
  inputs: StagePath[];
  /** Each is published by a rename. */
  outputs: StagePath[];
  /** Where the manifest goes, relative to the data folder. */
  manifestFile: string;
  /** Puts inputs in order that a person may have edited, before they are compared. */
  prepare?(context: StageContext): Promise<void>;
  /** Does the work. Returns outputs whose names are only known afterwards. */
  run(context: StageContext): Promise<StagePath[] | undefined>;
}

export interface StageOptions extends StageContext {
  dataDir: string;
}

export type StageState =
  | { state: 'done' }
  /** `reason` is a clause: "the input raw/spider/dev.json has changed". */
  | { state: 'stale'; reason: string }
  | { state: 'missing'; reason: string };

/**
 * Runs a stage unless its manifest says that this version already made these outputs from these inputs. All are
 * compared by hash, so a file that was deleted, damaged or edited makes the stage run again.
 * @throws AppError DATASET_MISSING where an input is absent; whatever the stage's own `run` throws.
 */
export async function runStage(stage: Stage, options: StageOptions): Promise<'done' | 'nothing-to-do'> {
  const { dataDir, signal } = options;
  const [absent] = await findMissing(dataDir, stage.inputs);
  if (absent !== undefined) {
    throw new AppError('DATASET_MISSING', `${absent} is missing, which the stage ${stage.name} reads.`, {
      hint: 'Run the stages before it: `sqlcodegen data all`.',
    });
  }
  await stage.prepare?.({ force: options.force, signal, report: options.report });
  const inputs = await hashPaths(dataDir, stage.inputs, signal);
  if (options.force !== true && (await compare(stage, options, inputs)).state === 'done')
    return 'nothing-to-do';
  signal?.throwIfAborted();
  const found = await stage.run({ force: options.force, signal, report: options.report });
  const paths = [...stage.outputs, ...(found ?? [])];
  await expectOutputs(stage.name, dataDir, paths);
  const outputs = await hashPaths(dataDir, paths, signal);
  await writeStageManifest(join(dataDir, stage.manifestFile), {
    stage: stage.name,
    version: stage.version,
    inputs,
    outputs,
  });
  return 'done';
}

/** Whether a stage would have anything to do, and why. `inputs: 'ignored'` asks about its outputs only. */
export async function checkStage(
  stage: Stage,
  options: StageOptions & { inputs?: 'compared' | 'ignored' },
): Promise<StageState> {
  const inputs =
    options.inputs === 'ignored' ? undefined : await hashPaths(options.dataDir, stage.inputs, options.signal);
  return compare(stage, options, inputs);
}

async function compare(
  stage: Stage,
  { dataDir, signal }: StageOptions,
  inputs: HashedFile[] | undefined,
): Promise<StageState> {
  const manifest = await readStageManifest(join(dataDir, stage.manifestFile));
  if (manifest === undefined) return { state: 'missing', reason: 'it has not run to its end' };
  if (manifest.version !== stage.version) {
    return { state: 'stale', reason: `other code made it (${manifest.version}, now ${stage.version})` };
  }
  const outputs = await hashPaths(dataDir, listOutputs(stage, manifest), signal);
  const change =
    (inputs && describeChange('input', manifest.inputs, inputs)) ??
    describeChange('output', manifest.outputs, outputs);
  return change === undefined ? { state: 'done' } : { state: 'stale', reason: change };
}

/** What is declared, and what the last run named besides. */
function listOutputs(stage: Stage, manifest: StageManifest): StagePath[] {
  const covers = (path: string) =>
    stage.outputs.some((declared) => path === declared.path || path.startsWith(`${declared.path}/`));
  const named = manifest.outputs.filter(({ path }) => !covers(path)).map(({ path }) => ({ path }));
  return [...stage.outputs, ...named];
}

async function expectOutputs(name: string, dataDir: string, outputs: StagePath[]): Promise<void> {
  const missing = await findMissing(dataDir, outputs);
  if (missing.length === 0) return;
  throw new AppError('INTERNAL', `The stage ${name} ended without writing ${missing.join(', ')}.`);
}
