import { z } from 'zod';
import { call, stream } from './define.ts';
import { datasetSplitSchema, overrideSchema } from './dataset.ts';
import { datasetStageSchema } from './dataset-calls.ts';
import { jobSchema } from './jobs.ts';

const countSchema = z.number().int().nonnegative();

/** The dataset's splits as they once were, named by the hash of their content. */
export const datasetVersionSchema = z.object({
  version: z.string(),
  /** Whether the splits are this one now. */
  isCurrent: z.boolean(),
  examples: z.object({ train: countSchema, val: countSchema, test: countSchema }).optional(),
  /** What it was made from, as far as it is known: hashes of the release and of the code, the tokenizer. */
  inputs: z
    .object({
      spider: z.string().optional(),
      conversion: z.string().optional(),
      tokenizer: z.string().optional(),
      overrides: countSchema,
    })
    .optional(),
  /** Why it cannot be read; `examples` and `inputs` are absent then. */
  damage: z.string().optional(),
});
export type DatasetVersion = z.infer<typeof datasetVersionSchema>;

const versionedExampleSchema = z.object({
  id: z.string(),
  split: datasetSplitSchema,
  dbId: z.string(),
  question: z.string(),
  sql: z.string(),
});

/** What lies between two versions: all counts, and the first of each list. */
export const datasetDiffSchema = z.object({
  from: z.string(),
  to: z.string(),
  counts: z.object({
    added: countSchema,
    removed: countSchema,
    changed: countSchema,
    moved: countSchema,
    unchanged: countSchema,
  }),
  added: z.array(versionedExampleSchema),
  removed: z.array(versionedExampleSchema),
  changed: z.array(
    z.object({
      id: z.string(),
      /** Texts as they are, other values as JSON; an absent one is null. */
      fields: z.record(z.string(), z.object({ old: z.string().nullable(), new: z.string().nullable() })),
    }),
  ),
  moved: z.array(z.object({ id: z.string(), from: datasetSplitSchema, to: datasetSplitSchema })),
});
export type DatasetDiff = z.infer<typeof datasetDiffSchema>;

/** What is corrected, by whom and why; the core adds today's date. */
export const overrideDraftSchema = overrideSchema.omit({ on: true, proof: true, history: true });
export type OverrideDraft = z.infer<typeof overrideDraftSchema>;

export const savedOverrideSchema = z.object({
  /** With its proof. */
  override: overrideSchema,
  /** What it replaces. */
  original: z.object({ question: z.string(), sql: z.string() }),
  /** The correction that was there before: what the new one does not give is kept from it. */
  earlier: overrideSchema.optional(),
});
export type SavedOverride = z.infer<typeof savedOverrideSchema>;

export const stageCheckSchema = z.object({
  stage: datasetStageSchema,
  state: z.enum(['done', 'stale', 'missing']),
  /** A clause, such as "the input raw/spider/dev.json has changed". */
  reason: z.string().optional(),
});

/** How a stage ended; what a job of the pipeline measures. */
export const datasetStageRunSchema = z.object({
  stage: datasetStageSchema,
  outcome: z.enum(['done', 'nothing-to-do']),
  seconds: z.number().nonnegative(),
});
export type DatasetStageRun = z.infer<typeof datasetStageRunSchema>;

export type StageCheck = z.infer<typeof stageCheckSchema>;

export const datasetBuildEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), message: z.string() }),
  /** A stage has ended. */
  z.object({ kind: z.literal('stage'), ...datasetStageRunSchema.shape }),
]);
export type DatasetBuildEvent = z.infer<typeof datasetBuildEventSchema>;

export const datasetBuildInputSchema = z.object({
  /** A Spider release to import: a zip or a folder. Defaults to what is there. */
  source: z.string().optional(),
  /** Defaults to all. */
  stages: z.array(datasetStageSchema).min(1).optional(),
  /** Runs them even where nothing has changed. */
  force: z.boolean().default(false),
});
export type DatasetBuildInput = z.infer<typeof datasetBuildInputSchema>;

export const datasetEditingContract = {
  'dataset.versions': call(z.object({}), z.array(datasetVersionSchema)),
  /** Versions by their first digits. */
  'dataset.diff': call(
    z.object({
      from: z.string().min(1),
      to: z.string().min(1),
      /** Of each list. */
      limit: z.number().int().min(0).max(1_000).default(200),
    }),
    datasetDiffSchema,
  ),
  'dataset.overrides': call(z.object({}), z.array(overrideSchema)),
  /**
   * Keeps a correction once PostgreSQL has run its SQL; it is in force at once for reading, and in the splits after
   * `dataset.build`. Fails with CONFLICT while the dataset is being built.
   */
  'dataset.saveOverride': call(overrideDraftSchema, savedOverrideSchema),
  'dataset.removeOverride': call(z.object({ id: z.string() }), z.object({ removed: z.boolean() })),
  /** Which stages would do something, and why. Compares hashes, which takes seconds. */
  'dataset.check': call(z.object({}), z.array(stageCheckSchema)),
  /** Runs stages, each only where something has changed. Leaving the stream cancels; the next run goes on from there. */
  'dataset.build': stream(datasetBuildInputSchema, datasetBuildEventSchema),
  /** The same as a job, which outlives the window; its metrics are `datasetStageRunSchema`. One runs at a time. */
  'dataset.startBuild': call(datasetBuildInputSchema, jobSchema),
};
