import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  AppError,
  type ModelOrigin,
  type QuantizationType,
  type QuantizeItem,
} from '../../contract/index.ts';
import { hashFile } from '../../dataset/stages/index.ts';
import { writeOrigin } from '../../models/origin.ts';
import { runPython } from '../environment/index.ts';
import { fileNameOf } from '../recipes/index.ts';
import { chooseStem, nameByStep } from './choose-stem.ts';
import { readVersion } from '../loop/dataset-version.ts';
import { addHappening, type RunJobContext, type RunStore, type StoredRun } from '../runs/index.ts';

export interface ExportInput {
  runId: string;
  types: QuantizationType[];
  /** Defaults to the best one. */
  checkpoint?: string | undefined;
}

export interface ExportDeps {
  store: RunStore;
  trainerDir: string;
  /** Its GGUF files are listed under Models. */
  modelsDir: string;
  /** For its Python: where the app's own programs lie. */
  env: Record<string, string>;
  pythonOf(run: StoredRun): string;
  quantize(options: {
    input: string;
    types: readonly QuantizationType[];
    out: string;
    signal: AbortSignal;
  }): AsyncIterable<QuantizeItem>;
}

type ExportContext = Pick<RunJobContext, 'signal' | 'report'>;

/**
 * Merges, converts to GGUF and quantizes into the models folder: the body of a job of the kind `training-export`, whose
 * result is the first file's path. An adapter's own GGUF comes beside. @throws AppError
 */
export async function exportRun(input: ExportInput, context: ExportContext, deps: ExportDeps): Promise<void> {
  const run = await deps.store.get(input.runId);
  const checkpoint = await expectCheckpoint(run, input.checkpoint);
  const aside = join(run.runDir, '.export.partial');
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  try {
    const made = await convert(run, input.checkpoint, aside, context, deps);
    const written = made.find((file) => file.endsWith('-F16.gguf'));
    if (written === undefined) throw noModel();
    const sourceHash = await hashFile(written);
    const origin = await describeOrigin(run, checkpoint, sourceHash);
    const adapters = made.filter((file) => file !== written);
    for (const file of adapters) await keepAdapter(file, run.runDir, nameByStep(run.id, checkpoint), origin);
    const { modelsDir } = deps;
    const { stem, here } = await chooseStem({
      ...input,
      runId: run.id,
      step: checkpoint,
      sourceHash,
      modelsDir,
    });
    const whole = join(aside, `${stem}-F16.gguf`);
    await rename(written, whole);
    const types = input.types.filter((type) => !here.some((file) => file.type === type));
    const fresh = types.length > 0 ? await quantizeAll(whole, types, context, deps) : [];
    for (const { path, type } of fresh)
      await writeOrigin(path, { ...origin, quantization: type, sha256: await hashFile(path) });
    const files = [...here, ...fresh];
    await deps.store
      .change(run.id, (launch) => ({
        ...launch,
        exports: [...new Set([...launch.exports, ...files.map(({ path }) => path)])],
      }))
      .catch(() => undefined);
    const [first] = files;
    if (first) context.report.result(first.path);
    await addHappening(run.runDir, `Exported ${files.map(({ path }) => basename(path)).join(', ')}.`);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function expectCheckpoint({ log, launch, id }: StoredRun, wanted: string | undefined): Promise<number> {
  await log.update();
  if (wanted !== undefined && !/^step-\d+$/.test(wanted)) {
    throw new AppError('INVALID_INPUT', `${wanted} is not the name of a checkpoint.`, {
      hint: 'They are named step-000500.',
    });
  }
  const step = wanted === undefined ? undefined : Number(wanted.slice('step-'.length));
  const best = log.checkpoints.findLast(({ is_best }) => is_best)?.step ?? log.checkpoints.at(-1)?.step;
  if (step !== undefined || best !== undefined) return step ?? best ?? 0;
  throw new AppError('CONFLICT', `The run ${launch?.name ?? id} has no checkpoint yet.`, {
    hint: 'Train it until it has saved one.',
  });
}

/** F16 GGUF of the whole model, and of the adapter where there is one. */
async function convert(
  { runDir, ...run }: StoredRun,
  checkpoint: string | undefined,
  aside: string,
  { signal, report }: ExportContext,
  deps: ExportDeps,
): Promise<string[]> {
  report.progress({ done: 0, note: 'converting to GGUF' });
  const chosen = checkpoint === undefined ? [] : ['--checkpoint', join('checkpoints', checkpoint)];
  const result = await runPython({
    python: deps.pythonOf({ runDir, ...run }),
    args: ['-m', 'training.export', '--run', '.', '--quantization', 'F16', '--out', aside, ...chosen],
    ...{ trainerDir: deps.trainerDir, cwd: runDir, signal },
    env: { ...deps.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1' },
    onLine: (line, stream) => stream === 'err' && report.log(line),
  });
  if (result.code !== 0) throw exportFailed(result.stderr);
  const artifacts = result.stdout.split('\n').flatMap(readArtifact);
  return artifacts.map((path) => (path.startsWith('/') ? path : join(runDir, path)));
}

/** An adapter's own GGUF file lies with its run. A connection may use the one before, which stays. */
async function keepAdapter(
  file: string,
  runDir: string,
  stem: string,
  origin: Extract<ModelOrigin, { kind: 'run' }>,
): Promise<void> {
  const folder = join(runDir, 'gguf');
  await mkdir(folder, { recursive: true });
  const sha256 = await hashFile(file);
  const type = /-([^-]+)\.gguf$/.exec(file)?.[1] ?? 'f16';
  const byStep = join(folder, `${stem}-adapter-${type}.gguf`);
  const isOther = existsSync(byStep) && (await hashFile(byStep)) !== sha256;
  const target = isOther ? join(folder, `${stem}-${sha256.slice(0, 8)}-adapter-${type}.gguf`) : byStep;
  if (!existsSync(target)) await rename(file, target);
  await writeOrigin(target, { ...origin, quantization: 'adapter', sha256 });
}

function readArtifact(line: string): string[] {
  try {
    const event = JSON.parse(line) as { artifact?: unknown; path?: unknown };
    return event.artifact === 'gguf' && typeof event.path === 'string' ? [event.path] : [];
  } catch {
    return [];
  }
}

function exportFailed(stderr: string): AppError {
  const last = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  const isFull = /No space left|disk/i.test(last) && /space|full|free/i.test(last);
  return new AppError(isFull ? 'DISK_FULL' : 'TRAINER_FAILED', `The export failed: ${last}`, {
    hint: isFull ? 'Free some space and try again.' : 'Its log has the rest.',
  });
}

function noModel(): AppError {
  return new AppError('INTERNAL', 'The export ended without a model file.');
}

interface Exported {
  path: string;
  type: QuantizationType;
}

async function quantizeAll(
  whole: string,
  types: readonly QuantizationType[],
  { signal, report }: ExportContext,
  { quantize, modelsDir }: ExportDeps,
): Promise<Exported[]> {
  await mkdir(modelsDir, { recursive: true });
  const files: Exported[] = [];
  for await (const item of quantize({ input: whole, types, out: modelsDir, signal })) {
    if (item.kind === 'written') files.push({ path: item.model.path, type: item.model.type });
    else report.progress({ done: item.done, total: item.total, note: `quantizing to ${item.type}` });
  }
  return files;
}

async function describeOrigin(
  { id, launch, log, runDir }: StoredRun,
  step: number,
  sourceHash: string,
): Promise<Extract<ModelOrigin, { kind: 'run' }>> {
  const licence = /^ {2}license: "?([\w.-]+)"?/m.exec(
    await readFile(join(runDir, 'recipe.yaml'), 'utf8').catch(() => ''),
  )?.[1];
  const version = await readVersion(runDir).catch(() => undefined);
  return {
    ...(version && { datasetHash: version.hash }),
    ...{ kind: 'run', runId: id, run: launch?.name ?? log.started?.name ?? id, step },
    base: baseOf(launch?.draft?.base) ?? log.started?.base ?? 'scratch',
    ...{ quantization: '', sourceHash, createdAt: new Date().toISOString() },
    ...(licence !== undefined && { licence }),
  };
}

type DraftBase = NonNullable<NonNullable<StoredRun['launch']>['draft']>['base'];

function baseOf(base: DraftBase | undefined): string | undefined {
  if (!base) return undefined;
  if (base.kind === 'hub') return base.id;
  return base.kind === 'folder' ? base.path : base.kind;
}

/** In the list of jobs. */
export function titleOfExport({ runId, types }: ExportInput): string {
  return `Exporting ${fileNameOf(runId)} as ${types.join(', ')}`;
}
