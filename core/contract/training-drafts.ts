import { z } from 'zod';

/*
 * What a training run is asked for. The wizard fills a draft step by step, the command line reads one from a file;
 * `training.plan` turns it into the recipe that the trainer reads.
 */

const weightSchema = z.number().min(0.01).max(100).default(1);

/** Where examples come from, and how often each of a source is taken in one epoch beside the others. */
export const trainingSourceSchema = z.discriminatedUnion('kind', [
  /** The train split of a built dataset. */
  z.object({
    kind: z.literal('spider'),
    /** The version's content hash; absent: the newest one. */
    version: z.string().optional(),
    weight: weightSchema,
  }),
  /** Verified examples of a connection. */
  z.object({ kind: z.literal('verified'), connectionId: z.string(), weight: weightSchema }),
  /** Lines `{prompt, completion}`. */
  z.object({ kind: z.literal('file'), path: z.string().min(1), weight: weightSchema }),
]);
export type TrainingSource = z.infer<typeof trainingSourceSchema>;

export const trainingDataSchema = z.object({
  sources: z.array(trainingSourceSchema).min(1),
  /** A file of lines `{prompt, completion}` that are never trained on. Absent: held back from the sources. */
  validationPath: z.string().optional(),
  /** Share of verified examples and of files that is held back, by question; Spider brings its own validation split. */
  validationShare: z.number().min(0).max(0.5).default(0.1),
});
export type TrainingData = z.infer<typeof trainingDataSchema>;

export const trainingBaseSchema = z.discriminatedUnion('kind', [
  /** The weights of the embedded starter model; it writes sketches. */
  z.object({ kind: z.literal('starter') }),
  /** A transformers model's folder on this machine, or on the machine that trains where `onTarget`. */
  z.object({ kind: z.literal('folder'), path: z.string().min(1), onTarget: z.boolean().default(false) }),
  /** A model of the Hugging Face hub, downloaded by the app (this machine, SSH) or by the notebook (Colab). */
  z.object({ kind: z.literal('hub'), id: z.string().min(1), revision: z.string().optional() }),
  z.object({ kind: z.literal('scratch') }),
]);
export type TrainingBase = z.infer<typeof trainingBaseSchema>;

export const trainingMethodSchema = z.enum(['lora', 'qlora', 'full', 'scratch']);
export type TrainingMethod = z.infer<typeof trainingMethodSchema>;

/** Beyond any run: more is a typing error. */
export const mostSteps = 1_000_000_000;

/** What a recipe sets; keys are those of the trainer's YAML file with their units (docs/training-options.md). */
export const recipeValuesSchema = z.object({
  epochs: z.number().positive().optional(),
  /** With `epochs`: so many steps at least, by more passes where there is little data. */
  minSteps: z.number().int().positive().optional(),
  maxSteps: z.number().int().positive().max(mostSteps).optional(),
  maxMinutes: z.number().positive().optional(),
  learningRate: z.number().positive(),
  warmupRatio: z.number().min(0).max(1),
  weightDecay: z.number().min(0),
  gradientClip: z.number().positive(),
  /** Of an adapter. */
  rank: z.number().int().min(1).max(1_024).optional(),
  alpha: z.number().positive().optional(),
  dropout: z.number().min(0).max(0.99).optional(),
  /** Tokens. */
  maxLength: z.number().int().min(64),
  /** Tokens; at least `maxLength`. */
  packLength: z.number().int().min(64),
  packsPerStep: z.number().int().min(1),
  questionsPerRow: z.number().int().min(1),
  precision: z.enum(['bf16', 'fp32']),
  evaluateEverySteps: z.number().int().min(1).optional(),
  checkpointEverySteps: z.number().int().min(1).optional(),
  keepCheckpoints: z.number().int().min(1),
  logEverySteps: z.number().int().min(1),
  /** Validation examples whose SQL is written and executed at each evaluation, where the app is on the same machine; 0 for none. */
  predictExamples: z.number().int().min(0),
  earlyStoppingEvaluations: z.number().int().min(1).optional(),
  seed: z.number().int().min(0),
});
export type RecipeValues = z.infer<typeof recipeValuesSchema>;

export const recipePresetSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** One sentence: for whom, and what it trades. */
  explanation: z.string(),
  methods: z.array(trainingMethodSchema),
  /** Bases that it is meant for. */
  bases: z.array(trainingBaseSchema.options[0].shape.kind.or(z.enum(['folder', 'hub', 'scratch']))),
  values: recipeValuesSchema,
});
export type RecipePreset = z.infer<typeof recipePresetSchema>;

export const trainingRecipeSchema = z.object({
  /** Of `training.recipes`. */
  preset: z.string(),
  method: trainingMethodSchema,
  /** What differs from the preset. */
  changes: recipeValuesSchema.partial().default({}),
  /** Types to quantize the result to when it is done; empty makes the adapter only. */
  quantize: z.array(z.enum(['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M'])).default(['Q8_0']),
});
export type TrainingRecipe = z.infer<typeof trainingRecipeSchema>;

export const colabTargetSchema = z.object({
  kind: z.literal('colab'),
  projectId: z.string().min(1),
  bucketName: z.string().min(1),
  /** Folder inside the bucket. */
  prefix: z.string().default('sqlcodegen'),
  /** A service account's key file on this machine, for the app's own way to the bucket; absent: who is signed in here. */
  keyPath: z.string().min(1).optional(),
});
export type ColabTarget = z.infer<typeof colabTargetSchema>;

/** Where it runs. */
export const trainingTargetSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('local'),
    /** A Python of the user's own; absent: an environment that the app makes from a locked list. */
    python: z.string().optional(),
  }),
  /** `hostId` of `training.hosts`. */
  z.object({ kind: z.literal('ssh'), hostId: z.string() }),
  colabTargetSchema,
]);
export type TrainingTarget = z.infer<typeof trainingTargetSchema>;

export const trainingDraftSchema = z.object({
  name: z.string().trim().min(1).max(100),
  data: trainingDataSchema,
  base: trainingBaseSchema,
  recipe: trainingRecipeSchema,
  target: trainingTargetSchema,
});
export type TrainingDraft = z.infer<typeof trainingDraftSchema>;

/** A draft as the wizard keeps it: what was not chosen yet is absent. */
export const partialDraftSchema = z.object({
  name: z.string().optional(),
  data: trainingDataSchema.partial().optional(),
  base: trainingBaseSchema.optional(),
  recipe: trainingRecipeSchema.partial().optional(),
  target: trainingTargetSchema.optional(),
});
export type PartialDraft = z.infer<typeof partialDraftSchema>;
