import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../../contract/index.ts';
import { locateLlamaLibrary } from '../quantize/llama-library.ts';
import type { RawOptions } from './raw-llama.ts';

/** Beside this file as a source; the build bundles it beside the program. */
const workerFile = path.join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? 'raw-worker.ts' : 'raw-worker.js',
);

/** Milliseconds of one round. */
export interface RawRound {
  promptMs: number;
  generateMs: number;
  /** Processor time of all threads: what other programs on a busy machine change least. */
  generateCpuMs: number;
}

export interface RawProcess {
  /** Evaluates that many random tokens as a prompt, then that many one by one behind it. */
  measure(promptTokens: number, generatedTokens: number): Promise<RawRound>;
  close(): Promise<void>;
}

/**
 * llama.cpp's own loop, without the app, on the library and the model that the app runs.
 * @throws MODEL_INCOMPATIBLE where the library is not there or cannot run the model
 */
export async function startRawLlama(options: Omit<RawOptions, 'library'>): Promise<RawProcess> {
  const library = locateLlamaLibrary();
  const child = spawn(process.execPath, [workerFile, JSON.stringify({ ...options, library })], {
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
    env: {
      ...process.env,
      // Inside Electron its own binary is the Node at hand.
      ELECTRON_RUN_AS_NODE: '1',
      // Windows finds the libraries that llama.dll needs by the path.
      PATH: [path.dirname(library), process.env['PATH'] ?? ''].join(path.delimiter),
    },
  });
  const exited = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const readLine = async () => {
    const line = await lines.next();
    if (!line.done) return JSON.parse(line.value) as RawRound;
    throw new AppError('MODEL_INCOMPATIBLE', `llama.cpp's raw loop cannot run ${options.model}.`, {
      hint: 'Leave it out with --no-raw.',
    });
  };
  await readLine();
  return {
    measure(promptTokens, generatedTokens) {
      child.stdin.write(`${JSON.stringify({ promptTokens, generatedTokens })}\n`);
      return readLine();
    },
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}
