import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { AppError, type QuantizeItem } from '../../contract/index.ts';
import { supportedRelease } from './llama-library.ts';
import { exitCodes, type QuantizeTask } from './quantize-task.ts';

/** Beside this file as a source; the build bundles it beside the program. */
const workerFile = path.join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? 'quantize-worker.ts' : 'quantize-worker.js',
);

/** How much of llama.cpp's log an error keeps. */
const keptLines = 20;

type Quantizer = ChildProcessByStdio<null, null, Readable>;

/** `done` of `total` tensors are written. */
export type QuantizeProgress = Extract<QuantizeItem, { kind: 'progress' }>;

/** What llama.cpp says at the end. Bytes are of the weights alone, to 0.01 MiB. */
export interface QuantizerSummary {
  inputBytes: number;
  outputBytes: number;
  /** Tensors whose rows do not fit the type's blocks, and that got another type. */
  fallbackTensors: number;
}

/**
 * Quantizes in a process of its own. Aborting `signal` kills it, and so does leaving the generator.
 * @throws AppError INVALID_INPUT (already quantized), MODEL_INCOMPATIBLE, DISK_FULL, OUT_OF_MEMORY
 */
export async function* runQuantizer(
  task: QuantizeTask,
  signal: AbortSignal,
): AsyncGenerator<QuantizeProgress, QuantizerSummary> {
  signal.throwIfAborted();
  const child = startWorker(task);
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  // A process that cannot be started fails below, where it is waited for.
  exited.catch(() => undefined);
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  const summary: QuantizerSummary = { inputBytes: 0, outputBytes: 0, fallbackTensors: 0 };
  const log: string[] = [];
  try {
    // A tensor's line: `[  12/ 291] blk.1.attn_k.weight …`.
    for await (const line of createInterface({ input: child.stderr })) {
      log.push(line);
      if (log.length > keptLines) log.shift();
      readSummaryLine(line, summary);
      const [, done, total] = /^\[\s*(\d+)\/\s*(\d+)\]/.exec(line) ?? [];
      if (total) yield { kind: 'progress', type: task.type, done: Number(done), total: Number(total) };
    }
    const [code, killedBy] = await exited;
    signal.throwIfAborted();
    if (code !== exitCodes.done) throw explainFailure(task, code, killedBy, log);
    return summary;
  } finally {
    process.removeListener('exit', kill);
    signal.removeEventListener('abort', kill);
    kill();
    await exited.catch(() => undefined);
  }
}

function startWorker(task: QuantizeTask): Quantizer {
  const folder = path.dirname(task.library);
  return spawn(process.execPath, [workerFile, JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
    env: {
      ...process.env,
      // Inside Electron its own binary is the Node at hand.
      ELECTRON_RUN_AS_NODE: '1',
      // Windows finds the libraries that llama.dll needs by the path.
      PATH: [folder, process.env['PATH'] ?? ''].join(path.delimiter),
    },
  });
}

function readSummaryLine(line: string, summary: QuantizerSummary): void {
  const mebibytes = (pattern: RegExp) => {
    const [, size] = pattern.exec(line) ?? [];
    return size === undefined ? undefined : Number(size) * 1024 ** 2;
  };
  summary.inputBytes = mebibytes(/: model size\s*=\s*([\d.]+) MiB/) ?? summary.inputBytes;
  summary.outputBytes = mebibytes(/: quant size\s*=\s*([\d.]+) MiB/) ?? summary.outputBytes;
  const [, fallback] = /(\d+) of \d+ tensor\(s\) required fallback quantization/.exec(line) ?? [];
  if (fallback !== undefined) summary.fallbackTensors = Number(fallback);
}

function explainFailure(
  { input, output }: QuantizeTask,
  code: number | null,
  killedBy: NodeJS.Signals | null,
  log: readonly string[],
): AppError {
  const name = path.basename(input);
  const details = { path: input, log: log.join('\n') };
  const reason = log.map((line) => /failed to quantize: (.*)/.exec(line)?.[1]).find(Boolean);
  if (code === exitCodes.wrongLayout || code === exitCodes.noLibrary) return noQuantizer(details);
  if (killedBy === 'SIGKILL') {
    return new AppError('OUT_OF_MEMORY', `The system ended the quantizer while it worked on ${name}.`, {
      hint: 'Most often memory ran out: close other programs and try again.',
      details,
    });
  }
  if (reason && /iostream|ios_base|basic_ios/.test(reason)) {
    return new AppError('DISK_FULL', `The quantized model could not be written to ${path.dirname(output)}.`, {
      hint: 'Free some space there, or choose another folder with --out.',
      details,
    });
  }
  if (reason && /requantizing from type/.test(reason)) return alreadyQuantized(input, details);
  const what = reason ?? `its quantizer ended with ${killedBy ?? `exit code ${code}`}`;
  return new AppError('MODEL_INCOMPATIBLE', `llama.cpp cannot quantize ${name}: ${what}.`, {
    hint: 'The file may be damaged, or no language model that this llama.cpp knows. Export it again.',
    details,
  });
}

function noQuantizer(details: { path: string; log: string }): AppError {
  return new AppError(
    'MODEL_INCOMPATIBLE',
    `The installed llama.cpp library is not the ${supportedRelease} that quantizing is written for.`,
    { hint: 'Run npm ci, which installs the version that the app was made with.', details },
  );
}

/** The same for llama.cpp's refusal and for a header that says so. */
export function alreadyQuantized(input: string, details?: { path: string; log: string }): AppError {
  return new AppError('INVALID_INPUT', `${path.basename(input)} is quantized already.`, {
    hint: 'Quantize the F16 file that it was made from, or pass --allow-requantize, which loses accuracy.',
    details: details ?? { path: input },
  });
}
