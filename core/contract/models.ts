import { z } from 'zod';
import { call, stream } from './define.ts';

export const modelInfoSchema = z.object({
  name: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  architecture: z.string(),
  quantization: z.string(),
  parameters: z.number().optional(),
  contextSize: z.number().int(),
  /** What the model writes: `sketch` (our compact form, expanded by code) or `sql`. */
  targetForm: z.enum(['sketch', 'sql']),
  /** Whether the file holds a chat template; a model that writes SQL without one goes on from the plain prompt. */
  chatTemplate: z.boolean().optional(),
  state: z.enum(['unloaded', 'loading', 'loaded']),
  embedded: z.boolean(),
});
export type ModelInfo = z.infer<typeof modelInfoSchema>;

/**
 * Where a file came from, written beside it as `NAME.gguf.json` (beside a folder's files as `origin.json`) by what made
 * it. Times are ISO 8601, UTC; keys of a newer version are passed over.
 */
export const modelOriginSchema = z.discriminatedUnion('kind', [
  /** Exported from a training run. */
  z.object({
    kind: z.literal('run'),
    runId: z.string(),
    /** The run's name. */
    run: z.string(),
    /** What it was trained on: a hub id, a folder, `starter`, `scratch`. */
    base: z.string(),
    /** Hash of what the run was trained on (`TrainingVersion`): another run may have its name later. */
    datasetHash: z.string().optional(),
    /** Step of the checkpoint. */
    step: z.number().int().optional(),
    /** As `QuantizationType`, or `adapter`. */
    quantization: z.string(),
    /** SHA-256 of what it was made from (the checkpoint's or the F16 file's). */
    sourceHash: z.string(),
    /** Of the file itself; absent in what older versions wrote. */
    sha256: z.string().optional(),
    licence: z.string().optional(),
    createdAt: z.string(),
  }),
  z.object({
    kind: z.literal('download'),
    url: z.string(),
    /** Of the Hugging Face hub: `mistralai/Mistral-7B-v0.3`. */
    hubId: z.string().optional(),
    /** The commit. */
    revision: z.string().optional(),
    /** Of the file, hexadecimal; of a folder, of its list of files. */
    sha256: z.string(),
    /** Whether somebody else had said that hash: the hub, or the user. */
    verified: z.boolean(),
    licence: z.string().optional(),
    createdAt: z.string(),
  }),
  /** Quantized here from another file. */
  z.object({
    kind: z.literal('quantized'),
    /** Path of that file. */
    from: z.string(),
    quantization: z.string(),
    sourceHash: z.string(),
    /** Of the file itself; absent in what older versions wrote. */
    sha256: z.string().optional(),
    licence: z.string().optional(),
    /** That file's own origin. */
    of: z.looseObject({ kind: z.string() }).optional(),
    createdAt: z.string(),
  }),
]);
export type ModelOrigin = z.infer<typeof modelOriginSchema>;

/** A connection's adapter that does not fit the model in use, and is not applied. */
export const ignoredAdapterSchema = z.object({
  path: z.string(),
  /** Why, in a sentence. */
  reason: z.string(),
});
export type IgnoredAdapter = z.infer<typeof ignoredAdapterSchema>;

/** The types that a model can be quantized to, largest first; F16 is none, it only halves F32. */
export const quantizationTypeSchema = z.enum(['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M']);
export type QuantizationType = z.infer<typeof quantizationTypeSchema>;

/** A type of its own for the token embeddings, which a small vocabulary's model may need. */
export const embeddingTypeSchema = z.enum(['F16', 'Q8_0', 'Q6_K']);
export type EmbeddingType = z.infer<typeof embeddingTypeSchema>;

export const quantizedModelSchema = z.object({
  type: quantizationTypeSchema,
  path: z.string(),
  sizeBytes: z.number(),
  /** The input's bytes over this file's. */
  ratio: z.number(),
  seconds: z.number(),
  /** Tensors whose rows do not fit the type's blocks (256 values for K-quants), and that got another type. */
  fallbackTensors: z.number().int(),
});
export type QuantizedModel = z.infer<typeof quantizedModelSchema>;

const quantizeItemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('progress'),
    type: quantizationTypeSchema,
    /** Tensors. */
    done: z.number().int(),
    total: z.number().int(),
  }),
  z.object({ kind: z.literal('written'), model: quantizedModelSchema }),
]);
export type QuantizeItem = z.infer<typeof quantizeItemSchema>;

const tokenIdsSchema = z.array(z.number().int().nonnegative());

/** One line of what a trainer wrote for the app to reproduce. */
export const parityCaseSchema = z.object({
  prompt: z.string(),
  /** `prompt`: the text as it is, after one BOS. `chat`: a user's turn in the model's own chat template. */
  kind: z.enum(['prompt', 'chat']).default('prompt'),
  /** The token ids of the prompt, BOS included. */
  tokens: tokenIdsSchema.min(1),
  /** The first ids that greedy decoding writes; the end token counts where it is named. */
  written: tokenIdsSchema.min(1).optional(),
});
export type ParityCase = z.infer<typeof parityCaseSchema>;

export const parityDifferenceSchema = z.object({
  /** Position in the file of cases, from 0. */
  index: z.number().int(),
  what: z.enum(['tokens', 'written']),
  /** The first position that differs, from 0, and up to eight ids from there. */
  at: z.number().int(),
  expected: tokenIdsSchema,
  found: tokenIdsSchema,
});
export type ParityDifference = z.infer<typeof parityDifferenceSchema>;

export const parityReportSchema = z.object({
  model: z.string(),
  quantization: z.string(),
  /** The adapter's path, or null. */
  adapter: z.string().nullable(),
  prompts: z.number().int(),
  equalTokens: z.number().int(),
  /** Prompts with a greedy output. */
  written: z.number().int(),
  equalWritten: z.number().int(),
  /** The share of greedy outputs that must be equal. */
  minWrittenShare: z.number(),
  passed: z.boolean(),
  /** Five at most. */
  firstDifferences: z.array(parityDifferenceSchema),
  seconds: z.number(),
});
export type ParityReport = z.infer<typeof parityReportSchema>;

const checkItemSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({ kind: z.literal('report'), report: parityReportSchema }),
]);
export type CheckItem = z.infer<typeof checkItemSchema>;

export const modelsContract = {
  'models.list': call(z.object({}), z.array(modelInfoSchema)),
  'models.inspect': call(z.object({ path: z.string() }), modelInfoSchema),
  /** Loads the starter model in the background, so that the first question does not wait for it. */
  'models.preload': call(z.object({}), z.object({})),
  /** Quantizes a GGUF file with llama.cpp's own quantizer. `out` is a `.gguf` file, or a folder for several types. */
  'models.quantize': stream(
    z.object({
      path: z.string(),
      types: z.array(quantizationTypeSchema).min(1),
      out: z.string().optional(),
      embeddingType: embeddingTypeSchema.optional(),
      allowRequantize: z.boolean().default(false),
      /** Whether files that are there already are replaced; one that answers questions never is. */
      replace: z.boolean().default(false),
    }),
    quantizeItemSchema,
  ),
  /** Holds a model against what its trainer wrote; `casesPath` is a JSON array of `parityCaseSchema`. */
  'models.check': stream(
    z.object({
      path: z.string(),
      casesPath: z.string(),
      adapterPath: z.string().optional(),
      minWrittenShare: z.number().min(0).max(1).default(1),
    }),
    checkItemSchema,
  ),
};
