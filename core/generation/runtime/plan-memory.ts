import { GgufInsights, type GgufFileInfo, type Llama } from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';
import { shouldMap } from './choose-mapping.ts';
import { formatBytes } from './format-bytes.ts';
import type { ModelFacts } from './inspect-model.ts';

/** What a context may take of the memory, and where the model's layers go. Bytes. */
export interface MemoryPlan {
  /** Tokens of each sequence. */
  contextSize: number;
  /** How many prompts stay evaluated side by side. */
  sequences: number;
  /** Of the machine's memory: weights, key-value cache and compute buffers, as llama.cpp itself reckons them without allocating, and the runtime. */
  neededBytes: number;
  /** The same of the GPU's memory; 0 without one. */
  gpuNeededBytes: number;
  /** Layers on the GPU. */
  gpuLayers: number;
  /** Layers that the model has. */
  layers: number;
  /** Whether the file is mapped into memory, else read. */
  mapped: boolean;
}

export interface PlanInput {
  facts: ModelFacts;
  info: GgufFileInfo;
  llama: Llama;
  maxContextSize: number;
  batchSize: number;
  /** Defaults to 8. */
  maxSequences?: number | undefined;
  /** Free memory. */
  availableBytes: number;
  /** Free memory of the GPU. Defaults to none. */
  availableGpuBytes?: number | undefined;
  /** Layers on the GPU. Defaults to none. */
  gpuLayers?: number | undefined;
  /** Of an adapter, whose tensors lie beside the model's. Defaults to 0. */
  adapterBytes?: number | undefined;
}

/** Databases whose prompts stay in memory, and candidates that are written side by side. */
const defaultMaxSequences = 8;
/** Beyond the first, sequences may take this share of what the weights leave free. */
const sharePerModel = 1 / 4;
/** A prompt of a small schema and its answer. */
const minContextSize = 1_024;

/** llama.cpp's own code, the vocabulary, threads and scratch: measured as 27 to 40 MiB, whatever the model's size. */
const runtimeBytes = 34 * 1024 ** 2;

/** What a context of some size takes, weights included. */
interface Needs {
  cpuRam: number;
  gpuVram: number;
}

/**
 * Decides how much of the context fits the free memory: all of it and several sequences; else one; else a shorter one.
 * @throws OUT_OF_MEMORY before anything is loaded, naming what is needed and what is free
 */
export async function planMemory(input: PlanInput): Promise<MemoryPlan> {
  const { facts, maxSequences = defaultMaxSequences, gpuLayers = 0 } = input;
  const contextSize = Math.min(input.maxContextSize, facts.contextSize || input.maxContextSize);
  const insights = await GgufInsights.from(input.info, input.llama);
  const weights = await estimateWeights(insights, input);
  const estimate = (size: number, sequences: number) =>
    estimateContext(insights, input, weights, { size, sequences });
  const plan = (size: number, sequences: number, needs: Needs): MemoryPlan => ({
    ...{ contextSize: size, sequences, neededBytes: needs.cpuRam, gpuNeededBytes: needs.gpuVram },
    ...{ gpuLayers, layers: insights.totalLayers, mapped: shouldMap(input.info, gpuLayers) },
  });
  const one = await estimate(contextSize, 1);
  if (fits(one, input)) {
    const more = subtract(await estimate(contextSize, 2), one);
    const sequences = Math.min(maxSequences, countSpare(input, weights, more));
    const extra = sequences - 1;
    const needs = { cpuRam: one.cpuRam + extra * more.cpuRam, gpuVram: one.gpuVram + extra * more.gpuVram };
    return plan(contextSize, sequences, needs);
  }
  for (let size = contextSize >> 1; size >= minContextSize; size >>= 1) {
    const needs = await estimate(size, 1);
    if (fits(needs, input)) return plan(size, 1, needs);
  }
  throw tooLarge(input, await estimate(Math.min(contextSize, minContextSize), 1));
}

/** What it would take without a look at what is free: the whole context, one prompt. */
export async function reckonMemory(input: PlanInput): Promise<MemoryPlan> {
  const everything = Number.MAX_SAFE_INTEGER;
  return planMemory({ ...input, maxSequences: 1, availableBytes: everything, availableGpuBytes: everything });
}

async function estimateWeights(
  insights: GgufInsights,
  { info, gpuLayers = 0, adapterBytes = 0 }: PlanInput,
): Promise<Needs> {
  const useMmap = shouldMap(info, gpuLayers);
  const weights = await insights.estimateModelResourceRequirementsV2({ gpuLayers, useMmap });
  const [cpuRam, gpuVram] = [weights.cpuRam + runtimeBytes, weights.gpuVram];
  return gpuLayers > 0
    ? { cpuRam, gpuVram: gpuVram + adapterBytes }
    : { cpuRam: cpuRam + adapterBytes, gpuVram };
}

async function estimateContext(
  insights: GgufInsights,
  { info, batchSize, gpuLayers = 0 }: PlanInput,
  weights: Needs,
  { size, sequences }: { size: number; sequences: number },
): Promise<Needs> {
  const { cpuRam, gpuVram } = await insights.estimateContextResourceRequirementsV2({
    ...{ contextSize: size, sequences, batchSize, modelGpuLayers: gpuLayers },
    ...{ flashAttention: 'auto', swaFullCache: true, useMmap: shouldMap(info, gpuLayers) },
  });
  return { cpuRam: weights.cpuRam + cpuRam, gpuVram: weights.gpuVram + gpuVram };
}

function fits({ cpuRam, gpuVram }: Needs, { availableBytes, availableGpuBytes = 0 }: PlanInput): boolean {
  return cpuRam <= availableBytes && gpuVram <= availableGpuBytes;
}

function subtract(a: Needs, b: Needs): Needs {
  return { cpuRam: Math.max(0, a.cpuRam - b.cpuRam), gpuVram: Math.max(0, a.gpuVram - b.gpuVram) };
}

function countSpare(
  { availableBytes, availableGpuBytes = 0 }: PlanInput,
  weights: Needs,
  each: Needs,
): number {
  const count = (available: number, used: number, one: number) =>
    one < 1 ? defaultMaxSequences : Math.floor(((available - used) * sharePerModel) / one);
  const counts = [
    count(availableBytes, weights.cpuRam, each.cpuRam),
    count(availableGpuBytes, weights.gpuVram, each.gpuVram),
  ];
  return Math.max(1, Math.min(...counts));
}

function tooLarge(
  { facts, availableBytes, availableGpuBytes = 0 }: PlanInput,
  { cpuRam, gpuVram }: Needs,
): AppError {
  const onGpu = gpuVram > availableGpuBytes;
  const [neededBytes, freeBytes] = onGpu ? [gpuVram, availableGpuBytes] : [cpuRam, availableBytes];
  const [needed, free] = [formatBytes(neededBytes), formatBytes(freeBytes)];
  const where = onGpu ? 'of the GPU’s memory' : 'of memory';
  return new AppError('OUT_OF_MEMORY', `${facts.name} needs ${needed} ${where}; ${free} are free.`, {
    hint: 'Close other programs, or choose a smaller or more strongly quantized model.',
    details: { neededBytes, availableBytes: freeBytes, path: facts.path },
  });
}
