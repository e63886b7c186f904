import { parseEndpoint, type ModelInfo } from '../../contract/index.ts';
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
 * address of a server can (core/contract/endpoint.ts): such a model takes no memory and no turn here.
 */
export interface ModelPool {
  /** Waits for its turn and loads the model where need be, in place of another. */
  acquire(file: string, signal: AbortSignal): Promise<ModelTurn>;
  /** Loads a model and evaluates one token, so that its weights are in memory. */
  preload(file: string, signal: AbortSignal): Promise<void>;
  stateOf(file: string): ModelInfo['state'];
  /** Frees the memory, after the turn in progress; the next turn loads its model again. */
  unload(): Promise<void>;
  /** Frees the memory, after the turn in progress. */
  close(): Promise<void>;
}

type Load = (file: string, options: { signal: AbortSignal }) => Promise<LanguageModel>;

/** `load` is for tests; it defaults to `loadLanguageModel`. */
export function createModelPool(load: Load = loadLanguageModel): ModelPool {
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

  async function ensureLoaded(file: string, signal: AbortSignal): Promise<LanguageModel> {
    if (held?.file === file) return held.model;
    loading = file;
    try {
      await unload();
      held = { file, model: await load(file, { signal }) };
      return held.model;
    } finally {
      loading = undefined;
    }
  }

  async function acquireLocal(
    file: string,
    signal: AbortSignal,
  ): Promise<ModelTurn & { model: LanguageModel }> {
    const release = await queue.enter(signal);
    try {
      const wasLoaded = held?.file === file;
      const started = performance.now();
      const model = await ensureLoaded(file, signal);
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
      const model = await openEndpoint(endpoint, signal);
      return { model, loadMs: performance.now() - started, release: () => undefined };
    },
    async preload(file, signal) {
      if (parseEndpoint(file)) return;
      const { model, release, loadMs } = await acquireLocal(file, signal);
      try {
        if (loadMs > 0) await model.scoreNext(model.tokenizePrompt(' '), [model.endToken], signal);
      } finally {
        release();
      }
    },
    stateOf(file) {
      if (parseEndpoint(file)) return 'loaded';
      if (loading === file) return 'loading';
      return held?.file === file ? 'loaded' : 'unloaded';
    },
    unload: unloadInTurn,
    close: unloadInTurn,
  };
}
