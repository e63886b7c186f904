import { InsufficientMemoryError, type Llama, type LlamaContext, type LlamaModel } from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';
import { inspectAdapter, type AdapterFacts } from './inspect-adapter.ts';
import { inspectModel, type ModelFacts } from './inspect-model.ts';
import { countThreads, openLlama } from './open-llama.ts';
import { batchSize, planLoading } from './plan-loading.ts';
import type { MemoryPlan } from './plan-memory.ts';

export interface LoadOptions {
  signal?: AbortSignal | undefined;
  /** Tokens at most. Defaults to 4,096 or what the model was trained on, whichever is less. */
  maxContextSize?: number | undefined;
  /** Prompts kept side by side at most. Defaults to what a quarter of the free memory holds, 8 at most. */
  maxSequences?: number | undefined;
  /** Defaults to what the system says is free. */
  availableBytes?: number | undefined;
  /** Defaults to `countThreads`. */
  threads?: number | undefined;
  /** A GGUF file of a LoRA adapter that was trained on this model. */
  adapter?: string | undefined;
  /** Loads what seems not to fit, too: the system may end the process. Defaults to false. */
  anyway?: boolean | undefined;
}

/** A model and its one context, in memory. */
export interface LoadedWeights {
  facts: ModelFacts;
  adapter: AdapterFacts | undefined;
  llama: Llama;
  model: LlamaModel;
  context: LlamaContext;
  threads: number;
  plan: MemoryPlan;
}

/**
 * Loads a GGUF file, with an adapter where one is given, and makes one context.
 * @throws MODEL_MISSING, MODEL_INCOMPATIBLE, OUT_OF_MEMORY.
 */
export async function loadWeights(file: string, options: LoadOptions): Promise<LoadedWeights> {
  const facts = await inspectModel(file);
  const adapter = options.adapter === undefined ? undefined : await inspectAdapter(options.adapter, file);
  const llama = await openLlama();
  const threads = options.threads ?? countThreads(llama, facts.parameters);
  let model: LlamaModel | undefined;
  try {
    const plan = await planLoading(facts, llama, { ...options, adapterBytes: adapter?.sizeBytes });
    model = await llama.loadModel({
      modelPath: facts.path,
      ...{ gpuLayers: plan.gpuLayers, useMmap: plan.mapped },
      // Planned above, context and all; the library would reckon with a context of its own.
      ...(options.anyway || plan.gpuLayers > 0 ? { ignoreMemorySafetyChecks: true } : {}),
      ...(options.signal ? { loadSignal: options.signal } : {}),
    });
    const context = await createContext(model, threads, plan, options);
    return { facts, adapter, llama, model, context, threads, plan };
  } catch (error) {
    await model?.dispose();
    options.signal?.throwIfAborted();
    throw translateLoadError(facts, error, adapter);
  }
}

function createContext(
  model: LlamaModel,
  threads: number,
  { contextSize, sequences }: MemoryPlan,
  options: LoadOptions,
): Promise<LlamaContext> {
  return model.createContext({
    contextSize: { max: Math.min(contextSize, model.trainContextSize) },
    // Sliding windows forget the beginning of a prompt, which the next question needs again.
    swaFullCache: true,
    ...{ sequences, threads, batchSize },
    ...(options.anyway ? { ignoreMemorySafetyChecks: true } : {}),
    ...(options.adapter ? { lora: { adapters: [{ filePath: options.adapter }] } } : {}),
    ...(options.signal ? { createSignal: options.signal } : {}),
  });
}

function translateLoadError(facts: ModelFacts, error: unknown, adapter?: AdapterFacts): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.name === 'AbortError') return AppError.from(error);
  if (error instanceof InsufficientMemoryError) {
    return new AppError('OUT_OF_MEMORY', `${facts.name} does not fit into memory.`, {
      hint: 'Close other programs, or choose a smaller or more strongly quantized model.',
      cause: error,
    });
  }
  const what = adapter ? `${facts.name} with the adapter ${adapter.name}` : facts.name;
  return new AppError('MODEL_INCOMPATIBLE', `llama.cpp cannot load ${what}.`, {
    hint: 'The file may be damaged or made for a newer llama.cpp. Get it again, or choose another model.',
    details: { path: facts.path },
    cause: error,
  });
}
