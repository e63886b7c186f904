import { z } from 'zod';
import { call } from './define.ts';
import { ignoredAdapterSchema, modelInfoSchema, modelOriginSchema } from './models.ts';

const pathSchema = z.object({ path: z.string().min(1).max(4_000) });

export const modelDetailsSchema = z.object({
  info: modelInfoSchema,
  /** The header's entries by their dotted keys, in the file's order; long values are cut, lists told by their length. */
  metadata: z.array(z.object({ key: z.string(), value: z.string() })),
  /** The chat template's text, where the file holds one. */
  chatTemplate: z.string().optional(),
  /** The types of its tensors, the one with most weights first. */
  tensorTypes: z.array(z.object({ type: z.string(), tensors: z.number().int(), parameters: z.number() })),
  origin: modelOriginSchema.optional(),
});
export type ModelDetails = z.infer<typeof modelDetailsSchema>;

/** A file of the list with what lies beside it. */
export const listedModelSchema = modelInfoSchema.extend({
  origin: modelOriginSchema.optional(),
  /** By its origin, else by its header. */
  licence: z.string().optional(),
  /** Whether it lies in the app's own folders, so that the app may delete it. */
  owned: z.boolean(),
});
export type ListedModel = z.infer<typeof listedModelSchema>;

export const modelCatalogueSchema = z.object({
  models: z.array(listedModelSchema),
  /** Path of the model for questions that name none; a server's address where one was set. */
  inUse: z.string(),
  /** Folder whose GGUF files are listed by themselves. */
  folder: z.string(),
  /** Models that were added by path and cannot be read now. */
  missing: z.array(z.object({ path: z.string(), message: z.string() })),
});
export type ModelCatalogueView = z.infer<typeof modelCatalogueSchema>;

/** A LoRA adapter: a GGUF file, which runs with its model, or PEFT's folder, which is merged or exported first. */
export const adapterInfoSchema = z.object({
  kind: z.enum(['gguf', 'peft']),
  name: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  rank: z.number().optional(),
  alpha: z.number().optional(),
  /** What it was trained on: an architecture, a folder or a hub id. */
  base: z.string().optional(),
  origin: modelOriginSchema.optional(),
  owned: z.boolean(),
  /** Whether it fits the model in use; absent where that is a server. */
  fits: z.boolean().optional(),
  /** Why it does not. */
  misfit: z.string().optional(),
});
export type AdapterInfo = z.infer<typeof adapterInfoSchema>;

/** A transformers model's folder. */
export const baseModelInfoSchema = z.object({
  name: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  architecture: z.string().optional(),
  /** Of its weights as they are stored: `bfloat16`. */
  dtype: z.string().optional(),
  licence: z.string().optional(),
  origin: modelOriginSchema.optional(),
  owned: z.boolean(),
  /** Why training cannot read it. */
  problem: z.string().optional(),
});
export type BaseModelInfo = z.infer<typeof baseModelInfoSchema>;

/** What loading takes, reckoned from the file's header and the machine as it is now. Bytes. */
export const memoryEstimateSchema = z.object({
  path: z.string(),
  /** `cpu`, or the GPU's interface. */
  device: z.string(),
  /** Layers that go to the GPU, chosen by what is free there. */
  gpuLayers: z.number().int(),
  layers: z.number().int(),
  /** Tokens, and prompts kept side by side. */
  contextSize: z.number().int(),
  sequences: z.number().int(),
  /** Of the machine's memory. */
  neededBytes: z.number(),
  freeBytes: z.number(),
  /** Of the GPU's memory; 0 without one. */
  gpuNeededBytes: z.number(),
  gpuFreeBytes: z.number(),
  fits: z.boolean(),
  /** The largest listed file of the same model that does fit. */
  smaller: z.object({ path: z.string(), name: z.string(), quantization: z.string() }).optional(),
});
export type MemoryEstimate = z.infer<typeof memoryEstimateSchema>;

/** What is in memory now. */
export const loadedModelSchema = z.object({
  path: z.string(),
  adapterPath: z.string().optional(),
  device: z.string(),
  gpuLayers: z.number().int(),
  layers: z.number().int(),
  contextSize: z.number().int(),
  sequences: z.number().int(),
  /** What was reckoned before it was loaded. */
  estimatedBytes: z.number(),
});
export type LoadedModel = z.infer<typeof loadedModelSchema>;

export const modelLibraryContract = {
  /** The starter, the files of the models folder, and those added by path. */
  'models.catalogue': call(z.object({}), modelCatalogueSchema),
  'models.details': call(pathSchema, modelDetailsSchema),
  /** Adds a GGUF file that lies elsewhere to the list. Fails where it is no language model. */
  'models.add': call(pathSchema, modelInfoSchema),
  /** Takes one that was added from the list; the file stays. */
  'models.forget': call(pathSchema, z.object({})),
  /**
   * Brings a model into memory, in place of another. `anyway` skips the check of memory: the system may end the app.
   * @throws OUT_OF_MEMORY before anything is loaded
   */
  'models.load': call(pathSchema.extend({ anyway: z.boolean().default(false) }), z.object({})),
  /** Frees the memory; the next question loads the model again. */
  'models.unload': call(z.object({}), z.object({})),
  /** The model in memory, if there is one. */
  'models.loaded': call(z.object({}), z.object({ loaded: loadedModelSchema.optional() })),
  'models.memory': call(pathSchema.extend({ adapterPath: z.string().optional() }), memoryEstimateSchema),
  /** Of the app's folders and of training runs. */
  'models.adapters': call(z.object({}), z.array(adapterInfoSchema)),
  'models.bases': call(z.object({}), z.array(baseModelInfoSchema)),
  /** Deletes a model's, an adapter's or a base model's files with what lies beside them. Only of the app's own folders. */
  'models.delete': call(pathSchema, z.object({ freedBytes: z.number() })),
  /** Which adapter the questions of a connection are answered with, by the connection's id. */
  'models.connectionAdapters': call(z.object({}), z.record(z.string(), z.string())),
  /** What answers a connection's questions now: the model in use, with its adapter where that was chosen for this model. */
  'models.answering': call(
    z.object({ connectionId: z.string().min(1).max(200) }),
    z.object({ path: z.string(), ignored: ignoredAdapterSchema.optional() }),
  ),
  /** @throws MODEL_INCOMPATIBLE where it does not fit the model in use. Without a path there is none from now on. */
  'models.setConnectionAdapter': call(
    z.object({ connectionId: z.string().min(1).max(200), path: z.string().max(4_000).optional() }),
    z.record(z.string(), z.string()),
  ),
};
