import { GgufInsights, type GgufFileInfo, type Llama } from 'node-llama-cpp';
import type { MemoryEstimate } from '../../contract/index.ts';
import { AppError } from '../../contract/index.ts';
import { inspectAdapter } from './inspect-adapter.ts';
import { inspectModel, readHeader, type ModelFacts } from './inspect-model.ts';
import { openLlama } from './open-llama.ts';
import { planMemory, reckonMemory, type MemoryPlan, type PlanInput } from './plan-memory.ts';

/** No prompt is longer than 2,048 tokens (core/schema/choose-chat-tables.ts); an answer needs room behind it. */
const defaultMaxContextSize = 4_096;
export const batchSize = 512;

export interface PlanLoadingOptions {
  /** Tokens at most. Defaults to 4,096 or what the model was trained on, whichever is less. */
  maxContextSize?: number | undefined;
  maxSequences?: number | undefined;
  /** Defaults to what the system says is free. */
  availableBytes?: number | undefined;
  adapterBytes?: number | undefined;
  /** Plans what seems not to fit, too. Defaults to false. */
  anyway?: boolean | undefined;
}

/**
 * How a model is loaded on this machine as it is now: as many layers on the GPU as its free memory holds together with
 * a context, the rest on the processor.
 * @throws OUT_OF_MEMORY
 */
export async function planLoading(
  facts: ModelFacts,
  llama: Llama,
  options: PlanLoadingOptions,
): Promise<MemoryPlan> {
  const input = await describeMachine(facts, llama, options);
  const layered = { ...input, gpuLayers: await chooseGpuLayers(input) };
  try {
    return await planMemory(layered);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'OUT_OF_MEMORY') throw error;
    if (options.anyway) return reckonMemory(layered);
    if (layered.gpuLayers === 0) throw error;
    return planMemory({ ...input, gpuLayers: 0 });
  }
}

/** What loading a file would take, and whether it fits; nothing is loaded. @throws MODEL_MISSING, MODEL_INCOMPATIBLE */
export async function estimateMemory(
  file: string,
  { adapterPath, ...options }: PlanLoadingOptions & { adapterPath?: string | undefined } = {},
): Promise<Omit<MemoryEstimate, 'smaller'>> {
  const facts = await inspectModel(file);
  const adapter = adapterPath === undefined ? undefined : await inspectAdapter(adapterPath, file);
  const llama = await openLlama();
  const chosen = { ...options, adapterBytes: adapter?.sizeBytes };
  const { availableBytes, availableGpuBytes = 0 } = await describeMachine(facts, llama, chosen);
  const fitting = await planLoading(facts, llama, chosen).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'OUT_OF_MEMORY') return undefined;
    throw error;
  });
  const { mapped: _, ...plan } = fitting ?? (await planLoading(facts, llama, { ...chosen, anyway: true }));
  return {
    ...{ path: file, device: llama.gpu === false ? 'cpu' : llama.gpu, ...plan },
    ...{ freeBytes: availableBytes, gpuFreeBytes: availableGpuBytes, fits: fitting !== undefined },
  };
}

type Machine = PlanInput & { info: GgufFileInfo };

async function describeMachine(
  facts: ModelFacts,
  llama: Llama,
  { maxContextSize = defaultMaxContextSize, maxSequences, availableBytes, adapterBytes }: PlanLoadingOptions,
): Promise<Machine> {
  const info = await readHeader(facts.path);
  const gpu = llama.gpu === false ? 0 : (await llama.getVramState()).free;
  return {
    ...{ facts, info, llama, maxContextSize, maxSequences, batchSize, adapterBytes },
    availableBytes: availableBytes ?? process.availableMemory(),
    availableGpuBytes: gpu,
  };
}

/** llama.cpp's own reckoning by way of the library; none where there is no GPU, or nothing fits there. */
async function chooseGpuLayers({ facts, info, llama, maxContextSize }: Machine): Promise<number> {
  if (llama.gpu === false) return 0;
  const insights = await GgufInsights.from(info, llama);
  const contextSize = Math.min(maxContextSize, facts.contextSize || maxContextSize);
  const wanted = { fitContext: { contextSize } };
  const options = { defaultContextSwaFullCache: true, useMmap: true };
  const resolved = await insights.configurationResolver
    .resolveModelGpuLayersV2(wanted, options)
    .catch(() => ({ gpuLayers: 0 }));
  return resolved.gpuLayers;
}
