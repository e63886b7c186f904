import { GgufInsights, type GgufFileInfo, type Llama } from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';
import { formatBytes } from './format-bytes.ts';
import type { ModelFacts } from './inspect-model.ts';

/** What a context may take of the memory. */
export interface MemoryPlan {
  /** Tokens of each sequence. */
  contextSize: number;
  /** How many prompts stay evaluated side by side. */
  sequences: number;
  /** Weights, key-value cache and compute buffers, as llama.cpp itself reckons them without allocating. */
  neededBytes: number;
}

export interface PlanInput {
  facts: ModelFacts;
  info: GgufFileInfo;
  llama: Llama;
  maxContextSize: number;
  batchSize: number;
  /** Defaults to 8. */
  maxSequences?: number | undefined;
  /** Free memory; on a GPU the library fits the layers to the memory that is free there. */
  availableBytes: number;
}

/** Databases whose prompts stay in memory, and candidates that are written side by side. */
const defaultMaxSequences = 8;
/** Beyond the first, sequences may take this share of what the weights leave free. */
const sharePerModel = 1 / 4;
/** A prompt of a small schema and its answer. */
const minContextSize = 1_024;

/**
 * Decides how much of the context fits the free memory: all of it and several sequences; else one; else a shorter one.
 * @throws OUT_OF_MEMORY before anything is loaded, naming what is needed and what is free
 */
export async function planMemory(input: PlanInput): Promise<MemoryPlan> {
  const { facts, llama, availableBytes, maxSequences = defaultMaxSequences } = input;
  const contextSize = Math.min(input.maxContextSize, facts.contextSize || input.maxContextSize);
  const insights = await GgufInsights.from(input.info, llama);
  const weights = await insights.estimateModelResourceRequirementsV2({ gpuLayers: 0, useMmap: true });
  const estimate = async (size: number, sequences: number) => {
    const context = { contextSize: size, sequences, batchSize: input.batchSize, modelGpuLayers: 0 };
    const { cpuRam } = await insights.estimateContextResourceRequirementsV2({
      ...context,
      ...{ flashAttention: 'auto', swaFullCache: true },
    });
    return weights.cpuRam + cpuRam;
  };
  const one = await estimate(contextSize, 1);
  const perSequence = Math.max(1, (await estimate(contextSize, 2)) - one);
  if (one <= availableBytes) {
    const spare = (availableBytes - weights.cpuRam) * sharePerModel;
    const sequences = Math.min(maxSequences, Math.max(1, Math.floor(spare / perSequence)));
    return { contextSize, sequences, neededBytes: one + (sequences - 1) * perSequence };
  }
  for (let size = contextSize >> 1; size >= minContextSize; size >>= 1) {
    const neededBytes = await estimate(size, 1);
    if (neededBytes <= availableBytes) return { contextSize: size, sequences: 1, neededBytes };
  }
  throw tooLarge(facts, await estimate(Math.min(contextSize, minContextSize), 1), availableBytes);
}

function tooLarge(facts: ModelFacts, neededBytes: number, availableBytes: number): AppError {
  const [needed, free] = [formatBytes(neededBytes), formatBytes(availableBytes)];
  return new AppError('OUT_OF_MEMORY', `${facts.name} needs ${needed} of memory; ${free} are free.`, {
    hint: 'Close other programs, or choose a smaller or more strongly quantized model.',
    details: { neededBytes, availableBytes },
  });
}
