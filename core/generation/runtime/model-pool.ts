import {
  parseEndpoint,
  parseModelReference,
  type LoadedModel,
  type ModelInfo,
} from '../../contract/index.ts';
import { openEndpoint, type EndpointModel } from '../endpoint/endpoint-model.ts';
import { createExclusiveQueue } from './exclusive-queue.ts';
import { loadLanguageModel, type LanguageModel } from './language-model.ts';

/** A turn with a model: nobody else uses it until `release`. */
export interface ModelTurn {
  model: LanguageModel | EndpointModel;
  /** Milliseconds that loading took; 0 when it was in memory. */
  loadMs: number;
  release(): void;
}

/**
 * The models in memory: at most one, as a question waits for the one before it. Where a file's path could stand, the
 * address of a server can (core/contract/endpoint.ts): such a model takes no memory and no turn here. A file's path may
 * name an adapter that it runs with (core/contract/model-reference.ts).
 */
export interface ModelPool {
  /** Waits for its turn and loads the model where need be, in place of another. */
  acquire(file: string, signal: AbortSignal): Promise<ModelTurn>;
  /** Loads a model and evaluates one token, so that its weights are in memory. `anyway` skips the check of memory. */
  preload(file: string, signal: AbortSignal, options?: { anyway?: boolean }): Promise<void>;
  /** Of a path without an adapter: whether that file is in memory, with an adapter or without. */
  stateOf(file: string): ModelInfo['state'];
  /** What is in memory now. */
  describeLoaded(): LoadedModel | undefined;
  /** Frees the memory, after the turn in progress; the next turn loads its model again. */
  unload(): Promise<void>;
  /** Frees the memory, after the turn in progress. */
  close(): Promise<void>;
}

export type LoadModel = (
  file: string,
  options: { signal: AbortSignal; adapter?: string | undefined; anyway?: boolean | undefined },
) => Promise<LanguageModel>;

export interface ModelPoolOptions {
  /** Defaults to `loadLanguageModel`. */
  load?: LoadModel | undefined;
  /** The key of a server that is kept, by its id. */
  readServerKey?: ((id: string) => Promise<string | undefined>) | undefined;
}

export function createModelPool({
  load = loadLanguageModel,
  readServerKey,
}: ModelPoolOptions = {}): ModelPool {
  const queue = createExclusiveQueue();
  let held: { file: string; model: LanguageModel } | undefined;
  let loading: string | undefined;

  async function unload(): Promise<void> {
    const model = held?.model;
    held = undefined;
    await model?.dispose();
  }

  async function unloadInTurn(): Promise<void> {
    const release = await queue.enter(new AbortController().signal);
    try {
      await unload();
    } finally {
      release();
    }
  }

  async function ensureLoaded(file: string, signal: AbortSignal, anyway: boolean): Promise<LanguageModel> {
    if (held?.file === file) return held.model;
    loading = file;
    try {
      await unload();
      const { path, adapterPath: adapter } = parseModelReference(file);
      held = { file, model: await load(path, { signal, adapter, anyway }) };
      return held.model;
    } finally {
      loading = undefined;
    }
  }

  async function acquireLocal(
    file: string,
    signal: AbortSignal,
    anyway = false,
  ): Promise<ModelTurn & { model: LanguageModel }> {
    const release = await queue.enter(signal);
    try {
      const wasLoaded = held?.file === file;
      const started = performance.now();
      const model = await ensureLoaded(file, signal, anyway);
      return { model, loadMs: wasLoaded ? 0 : performance.now() - started, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  return {
    async acquire(file, signal) {
      const endpoint = parseEndpoint(file);
      if (!endpoint) return acquireLocal(file, signal);
      const started = performance.now();
      const model = await openEndpoint(endpoint, signal, { readServerKey });
      return { model, loadMs: performance.now() - started, release: () => undefined };
    },
    async preload(file, signal, { anyway } = {}) {
      if (parseEndpoint(file)) return;
      const { model, release, loadMs } = await acquireLocal(file, signal, anyway);
      try {
        if (loadMs > 0) await model.scoreNext(model.tokenizePrompt(' '), [model.endToken], signal);
      } finally {
        release();
      }
    },
    stateOf(file) {
      if (parseEndpoint(file)) return 'loaded';
      const same = (other: string | undefined) =>
        other === file || (other !== undefined && parseModelReference(other).path === file);
      if (same(loading)) return 'loading';
      return same(held?.file) ? 'loaded' : 'unloaded';
    },
    describeLoaded() {
      if (!held) return undefined;
      const { device, contextSize, sequenceCount, plan } = held.model;
      const { gpuLayers, layers, neededBytes, gpuNeededBytes } = plan;
      return {
        ...parseModelReference(held.file),
        ...{ device, contextSize, gpuLayers, layers, sequences: sequenceCount },
        estimatedBytes: neededBytes + gpuNeededBytes,
      };
    },
    unload: unloadInTurn,
    close: unloadInTurn,
  };
}
