import { availableParallelism } from 'node:os';
import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';

let opened: Promise<Llama> | undefined;

/**
 * The llama.cpp backend, one for the process. Only the binaries that npm installed are used: nothing is
 * downloaded or compiled. On a machine with a usable GPU the best of CUDA, Vulkan and Metal is taken.
 * @throws MODEL_INCOMPATIBLE where npm installed no binary for this platform.
 */
export function openLlama(): Promise<Llama> {
  opened ??= startLlama().catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function startLlama(): Promise<Llama> {
  try {
    return await getLlama({
      gpu: 'auto',
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.disabled,
    });
  } catch (cause) {
    throw new AppError('MODEL_INCOMPATIBLE', 'llama.cpp has no binary for this machine.', {
      hint: 'Run npm ci again with optional dependencies, so that @node-llama-cpp for this platform is installed.',
      cause,
    });
  }
}

/**
 * Threads for a model: the physical cores that do arithmetic, within what this process may use; but one for a tiny
 * model. Its tokens take about a millisecond each, and llama.cpp's threads spin while they wait for one another:
 * beside other work on 2 cores, 2 threads took 270 ms a token where 1 took 7.
 */
export function countThreads(llama: Llama, parameters: number): number {
  if (parameters < tinyParameters) return 1;
  return Math.max(1, Math.min(llama.cpuMathCores, availableParallelism()));
}

const tinyParameters = 5e7;

/** What this machine's GPU has in use, in bytes; 0 without one. */
export async function readVramBytes(): Promise<number> {
  const llama = await openLlama();
  return llama.gpu === false ? 0 : (await llama.getVramState()).used;
}
