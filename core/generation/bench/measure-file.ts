import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { AppError, errorPayloadSchema, modelSpeedSchema, type ModelSpeed } from '../../contract/index.ts';

/** Beside this file as a source; the build bundles it beside the program. */
const workerFile = path.join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? 'speed-worker.ts' : 'speed-worker.js',
);

/**
 * Speed and memory of one GGUF file, measured in a process of its own.
 * @param rounds medians are of so many
 * @throws AppError as loading does; MODEL_INCOMPATIBLE where the process ends without a result
 */
export async function measureFile(
  { file, rounds }: { file: string; rounds: number },
  signal: AbortSignal,
): Promise<ModelSpeed> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [workerFile, JSON.stringify({ path: file, rounds })], {
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
    // Inside Electron its own binary is the Node at hand.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  const exited = once(child, 'close');
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  try {
    let text = '';
    for await (const chunk of child.stdout) text += String(chunk);
    await exited;
    signal.throwIfAborted();
    return readAnswer(text, file);
  } finally {
    process.removeListener('exit', kill);
    signal.removeEventListener('abort', kill);
  }
}

function readAnswer(text: string, file: string): ModelSpeed {
  const answer = parse(text);
  const speed = modelSpeedSchema.safeParse(answer);
  if (speed.success) return speed.data;
  const failed = errorPayloadSchema.safeParse((answer as { error?: unknown } | undefined)?.error);
  if (failed.success) throw AppError.fromPayload(failed.data);
  throw new AppError('MODEL_INCOMPATIBLE', `llama.cpp ended while it ran ${path.basename(file)}.`, {
    hint: 'Memory may have run out, or the file is damaged: try a smaller one, or get it again.',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
