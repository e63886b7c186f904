import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import {
  AppError,
  type EmbeddingType,
  type QuantizationType,
  type QuantizeItem,
  type QuantizedModel,
} from '../../contract/index.ts';
import type { InspectModel } from '../catalogue.ts';
import { chooseOutputs, expectFree } from './choose-output.ts';
import { locateLlamaLibrary } from './llama-library.ts';
import type { QuantizeTask } from './quantize-task.ts';
import { alreadyQuantized, runQuantizer, type QuantizerSummary } from './run-quantizer.ts';

export interface QuantizeOptions {
  /** The GGUF file; F32, F16 or BF16 unless `allowRequantize`. */
  input: string;
  types: readonly QuantizationType[];
  /** A `.gguf` file for one type, or a folder, which is made. Defaults to the input's folder. */
  out?: string | undefined;
  embeddingType?: EmbeddingType | undefined;
  allowRequantize?: boolean | undefined;
  /** Whether files that are there already are replaced. Defaults to false. */
  replace?: boolean | undefined;
  inspect: InspectModel;
  /** Defaults to what the file system says; for tests. */
  readFreeBytes?: (folder: string) => Promise<number>;
  signal: AbortSignal;
}

interface PlannedFile {
  task: QuantizeTask;
  target: string;
  /** Of the whole file, from llama.cpp's dry run. */
  bytes: number;
}

/** Not quantized yet, as GGUF's `general.file_type` is named. */
const wholeTypes = new Set(['ALL_F32', 'MOSTLY_F16', 'MOSTLY_BF16', 'unknown']);

/**
 * Quantizes a GGUF file with llama.cpp's own quantizer, one type after another. Each file is written aside and
 * renamed when it is whole. All names are looked at, and all sizes computed and compared with the free space, before the
 * first byte is written.
 * @throws AppError MODEL_MISSING, MODEL_INCOMPATIBLE, INVALID_INPUT, CONFLICT (a file is there already), DISK_FULL,
 *   OUT_OF_MEMORY
 */
export async function* quantizeModel(options: QuantizeOptions): AsyncGenerator<QuantizeItem> {
  const { input, allowRequantize = false, signal } = options;
  const facts = await options.inspect(input);
  if (!allowRequantize && !wholeTypes.has(facts.quantization)) throw alreadyQuantized(input);
  const planned = await planFiles(options);
  const folder = path.dirname(planned[0]?.target ?? input);
  await mkdir(folder, { recursive: true });
  await checkSpace(folder, planned, options.readFreeBytes ?? readFreeBytes);
  for (const file of planned) {
    const startedAt = performance.now();
    const summary = yield* writeOne(file, signal);
    const model = await describe(file, facts.sizeBytes, summary, performance.now() - startedAt);
    yield { kind: 'written', model };
  }
}

async function planFiles(options: QuantizeOptions): Promise<PlannedFile[]> {
  const { input, types, out, embeddingType, allowRequantize = false, replace = false, signal } = options;
  const targets = chooseOutputs(input, types, out);
  if (!replace) expectFree(targets, 'Replace it with --force, or choose another file or folder with --out.');
  const library = locateLlamaLibrary();
  const inputBytes = (await stat(input)).size;
  const planned: PlannedFile[] = [];
  for (const [index, type] of types.entries()) {
    const target = targets[index] as string;
    const task: QuantizeTask = {
      ...{ library, input: path.resolve(input), output: `${target}.partial`, type, embeddingType },
      ...{ allowRequantize, dryRun: false, threads: availableParallelism() },
    };
    const dry = await drain(runQuantizer({ ...task, dryRun: true }, signal));
    // What is no weight, such as the vocabulary, is copied.
    planned.push({ task, target, bytes: inputBytes - dry.inputBytes + dry.outputBytes });
  }
  return planned;
}

async function drain(running: ReturnType<typeof runQuantizer>): Promise<QuantizerSummary> {
  for (;;) {
    const step = await running.next();
    if (step.done) return step.value;
  }
}

async function checkSpace(
  folder: string,
  planned: readonly PlannedFile[],
  readFree: (folder: string) => Promise<number>,
): Promise<void> {
  const neededBytes = Math.ceil(planned.reduce((sum, { bytes }) => sum + bytes, 0));
  const freeBytes = await readFree(folder);
  if (neededBytes <= freeBytes) return;
  const mebibytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
  throw new AppError(
    'DISK_FULL',
    `Quantizing needs ${mebibytes(neededBytes)} in ${folder}, where ${mebibytes(freeBytes)} are free.`,
    {
      hint: 'Free some space there, or choose another folder with --out.',
      details: { neededBytes, freeBytes },
    },
  );
}

async function readFreeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function* writeOne(
  { task, target }: PlannedFile,
  signal: AbortSignal,
): AsyncGenerator<QuantizeItem, QuantizerSummary> {
  try {
    const summary = yield* runQuantizer(task, signal);
    await flushToDisk(task.output);
    await rename(task.output, target);
    return summary;
  } finally {
    await rm(task.output, { force: true });
  }
}

async function flushToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function describe(
  { task, target }: PlannedFile,
  inputBytes: number,
  { fallbackTensors }: QuantizerSummary,
  ms: number,
): Promise<QuantizedModel> {
  const sizeBytes = (await stat(target)).size;
  return {
    ...{ type: task.type, path: target, sizeBytes, ratio: inputBytes / sizeBytes },
    ...{ seconds: ms / 1_000, fallbackTensors },
  };
}
