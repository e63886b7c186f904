import { z } from 'zod';
import { call } from './define.ts';
import { evaluationSplitSchema, shareSchema } from './evaluation.ts';
import { jobStateSchema } from './jobs.ts';
import { quantizationTypeSchema } from './models.ts';
import { errorPayloadSchema } from './wire.ts';

/** How fast a file writes and what it takes, measured in a process of its own. */
export const modelSpeedSchema = z.object({
  /** ISO 8601, UTC. */
  measuredAt: z.string(),
  device: z.string(),
  threads: z.number().int(),
  loadMs: z.number(),
  /** Tokens read and written a second, medians. */
  promptTokensPerSecond: z.number(),
  tokensPerSecond: z.number(),
  /** What the process took at most beyond what it had before the model was loaded; mapped weights are in it. */
  memoryBytes: z.number(),
  /** Of the GPU's memory; absent on a processor. */
  gpuMemoryBytes: z.number().optional(),
  gpuLayers: z.number().int(),
  layers: z.number().int(),
  /** What was reckoned before it was loaded. */
  estimatedBytes: z.number(),
});
export type ModelSpeed = z.infer<typeof modelSpeedSchema>;

/** How often a model is right, from an evaluation that is kept. */
export const modelAccuracySchema = z.object({
  evaluationId: z.string(),
  split: evaluationSplitSchema,
  mode: z.string(),
  execution: shareSchema,
  /** How many of the split's questions; absent: all. */
  limit: z.number().int().optional(),
  measuredAt: z.string(),
});

export const modelFiguresSchema = z.object({
  path: z.string(),
  /** The newest of each split. */
  accuracy: z.array(modelAccuracySchema),
  speed: modelSpeedSchema.optional(),
});
export type ModelFigures = z.infer<typeof modelFiguresSchema>;

export const modelReportRequestSchema = z.object({
  /** GGUF files. */
  paths: z.array(z.string().min(1)).min(1).max(20),
  split: evaluationSplitSchema,
  /** Only the first so many questions. */
  limit: z.number().int().min(1).optional(),
});
export type ModelReportRequest = z.infer<typeof modelReportRequestSchema>;

export const modelReportRowSchema = z.object({
  path: z.string(),
  name: z.string(),
  quantization: z.string(),
  sizeBytes: z.number(),
  /** Absent until they are measured, or where that failed. */
  execution: shareSchema.optional(),
  /** Milliseconds from question to answer. */
  medianMs: z.number().nullable().optional(),
  speed: modelSpeedSchema.optional(),
  error: errorPayloadSchema.optional(),
});
export type ModelReportRow = z.infer<typeof modelReportRowSchema>;

/** Accuracy, speed and memory of several files, side by side. */
export const modelReportSchema = z.object({
  id: z.string(),
  jobId: z.string().optional(),
  state: jobStateSchema,
  createdAt: z.string(),
  request: modelReportRequestSchema,
  rows: z.array(modelReportRowSchema),
});
export type ModelReport = z.infer<typeof modelReportSchema>;

const reportIdSchema = z.object({ id: z.string() });

export const modelReportsContract = {
  /** Of all files that were measured. */
  'models.figures': call(z.object({}), z.array(modelFiguresSchema)),
  /** Measures speed and memory of one file, in a process of its own, and keeps it. */
  'models.bench': call(
    z.object({ path: z.string().min(1), rounds: z.number().int().min(1).max(50).default(3) }),
    modelSpeedSchema,
  ),
  /** Queues a job of the kind `model-quantize`; the files come into the models folder. Its result is their folder. A
   * file that is there already is a CONFLICT. */
  'models.startQuantize': call(
    z.object({
      path: z.string().min(1),
      types: z.array(quantizationTypeSchema).min(1),
      allowRequantize: z.boolean().default(false),
    }),
    z.object({ jobId: z.string() }),
  ),
  /** Queues a job of the kind `model-report`, whose result is the report's id. */
  'models.startReport': call(modelReportRequestSchema, z.object({ id: z.string(), jobId: z.string() })),
  /** Newest first. */
  'models.reports': call(z.object({}), z.array(modelReportSchema)),
  /** @throws CONFLICT where it has not ended */
  'models.removeReport': call(reportIdSchema, z.object({})),
  'models.exportReport': call(
    reportIdSchema,
    z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  ),
};
