import { z } from 'zod';
import { call, stream } from './define.ts';
import { jobStateSchema } from './jobs.ts';
import { mostSteps, trainingDraftSchema, trainingTargetSchema } from './training-drafts.ts';
import { evalEventSchema, runStartedEventSchema } from './training.ts';
import { errorPayloadSchema } from './wire.ts';

/**
 * A run's life as the app sees it, wherever it runs.
 * `preparing`: environment, code and data are brought to where it runs. `unreachable`: the machine does not answer; the
 * run may go on there, and the app asks again by itself. `paused`: nothing can be known or brought until the user does
 * something (`message` says what: an expired credential, a full disk here). `lost`: its process ended without a word.
 */
export const runStateSchema = z.enum([
  'preparing',
  'waiting',
  'running',
  'stopping',
  'unreachable',
  'paused',
  'finished',
  'stopped',
  'stopped_early',
  'cancelled',
  'failed',
  'lost',
]);
export type TrainingRunState = z.infer<typeof runStateSchema>;

export const runCheckpointSchema = z.object({
  /** `step-000500`. */
  name: z.string(),
  step: z.number().int(),
  bytes: z.number(),
  isBest: z.boolean(),
  /** Whether its files lie in the run's folder on this machine. */
  here: z.boolean(),
  validationLoss: z.number().optional(),
  /** On the executed validation examples, 0 to 1. */
  executionAccuracy: z.number().optional(),
});
export type TrainingCheckpoint = z.infer<typeof runCheckpointSchema>;

export const runArtifactSchema = z.object({
  kind: z.enum(['adapter', 'model', 'gguf', 'manifest', 'model_card', 'predictions']),
  /** On this machine, absolute. */
  path: z.string(),
  bytes: z.number().optional(),
  here: z.boolean(),
});

export const runInfoSchema = z.object({
  /** The name of its folder. */
  id: z.string(),
  name: z.string(),
  runDir: z.string(),
  state: runStateSchema,
  target: trainingTargetSchema,
  /** `this machine`, the SSH host's name, `Colab`. */
  where: z.string(),
  /** The job that follows it, while there is one. */
  jobId: z.string().optional(),
  jobState: jobStateSchema.optional(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** Of the newest start: a resume is one. */
  startedAt: z.string().optional(),
  firstStartedAt: z.string().optional(),
  /** What the starts before the newest one took. */
  earlierSeconds: z.number().optional(),
  endedAt: z.string().optional(),
  lastEventAt: z.string().optional(),
  /** The user has cancelled it, and nobody knows yet that it has ended; another cancel gives that up. */
  cancelAskedAt: z.string().optional(),
  step: z.number().int().optional(),
  totalSteps: z.number().int().optional(),
  /** Seconds that are left by the trainer's own word, while it runs. */
  etaSeconds: z.number().optional(),
  trainingLoss: z.number().optional(),
  validationLoss: z.number().optional(),
  executionAccuracy: z.number().optional(),
  /** What it was asked for; absent where it was started outside the app. */
  draft: trainingDraftSchema.optional(),
  started: runStartedEventSchema.optional(),
  lastEvaluation: evalEventSchema.optional(),
  checkpoints: z.array(runCheckpointSchema),
  artifacts: z.array(runArtifactSchema),
  /** Why it failed, waits or is paused. */
  error: errorPayloadSchema.optional(),
  /** What can be done with it now. */
  can: z.object({
    stop: z.boolean(),
    cancel: z.boolean(),
    resume: z.boolean(),
    fetch: z.boolean(),
    export: z.boolean(),
    cleanUp: z.boolean(),
    remove: z.boolean(),
  }),
});
export type TrainingRunInfo = z.infer<typeof runInfoSchema>;

/** Columns of one length, in the order of the events. Null where an event has no such figure. */
export const stepPointsSchema = z.object({
  step: z.array(z.number().int()),
  loss: z.array(z.number().nullable()),
  learningRate: z.array(z.number()),
  gradientNorm: z.array(z.number().nullable()),
  tokensPerSecond: z.array(z.number()),
  /** Bytes. */
  gpuMemory: z.array(z.number().nullable()),
  /** 0 to 1. */
  gpuUtilization: z.array(z.number().nullable()),
  elapsedSeconds: z.array(z.number()),
});
export type StepPoints = z.infer<typeof stepPointsSchema>;

export const evalPointsSchema = z.object({
  step: z.array(z.number().int()),
  validationLoss: z.array(z.number().nullable()),
  tokenAccuracy: z.array(z.number()),
  executionAccuracy: z.array(z.number().nullable()),
});
export type EvalPoints = z.infer<typeof evalPointsSchema>;

/** What happened besides steps and evaluations: starts, resumes, checkpoints, warnings, files, the end. */
export const runHappeningSchema = z.object({
  at: z.string(),
  kind: z.enum(['started', 'resumed', 'checkpoint', 'artifact', 'warning', 'finished', 'failed', 'app']),
  step: z.number().int().optional(),
  text: z.string(),
  hint: z.string().optional(),
});
export type RunHappening = z.infer<typeof runHappeningSchema>;

/** Engines of several machines. */
export const clusterKindSchema = z.enum(['skypilot', 'slurm', 'torchrun']);
export type ClusterKind = z.infer<typeof clusterKindSchema>;

/** What a person does next, with the command line for it; HOST, ADDRESS and my-bucket in it are theirs to put in. */
export const folderStepSchema = z.object({ text: z.string(), command: z.string().optional() });
export type FolderStep = z.infer<typeof folderStepSchema>;

export const preparedFolderSchema = z.object({
  /** On this machine, absolute. */
  folder: z.string(),
  /** The name of the engine's file in it. */
  taskFile: z.string(),
  /** Of data and base model. */
  bytes: z.number(),
  steps: z.array(folderStepSchema),
});
export type PreparedFolder = z.infer<typeof preparedFolderSchema>;

const runIdSchema = z.object({ runId: z.string().min(1) });

export const trainingControlContract = {
  /**
   * Writes the run's folder and queues it as a job of the kind `training`, which brings everything to its place, starts
   * the trainer and follows it. @throws INVALID_INPUT where the doctor's failures were not looked at or agreed to
   */
  'training.start': call(
    z.object({
      draft: trainingDraftSchema,
      /** Start although the doctor found failures, or was not asked. */
      ignoreDoctor: z.boolean().default(false),
    }),
    z.object({ runId: z.string(), jobId: z.string() }),
  ),
  /**
   * Brings a recipe file of the trainer with its data into a run's folder and starts it there: recipes that were written
   * by hand go on as they are. @throws INVALID_INPUT where the trainer cannot use it, PYTHON_MISSING
   */
  'training.startRecipe': call(
    z.object({
      path: z.string().min(1),
      /** Its paths are relative to this; defaults to where the core was started. */
      folder: z.string().optional(),
      target: trainingTargetSchema,
    }),
    z.object({ runId: z.string(), jobId: z.string() }),
  ),
  /** Newest first. */
  'training.list': call(z.object({}), z.array(runInfoSchema)),
  'training.get': call(runIdSchema, runInfoSchema),
  /**
   * The run, all its points and happenings so far, then what comes; it ends when the run has ended and all was told.
   * Leaving it stops nothing.
   */
  'training.watch': stream(
    runIdSchema,
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('run'), run: runInfoSchema }),
      /** A resumed run repeats steps: points from `firstStep` on replace those that were told before. */
      z.object({ kind: z.literal('steps'), points: stepPointsSchema, firstStep: z.number().int() }),
      z.object({ kind: z.literal('evaluations'), points: evalPointsSchema, firstStep: z.number().int() }),
      z.object({ kind: z.literal('happenings'), happenings: z.array(runHappeningSchema) }),
      /** How many lines the trainer's log has. */
      z.object({ kind: z.literal('log'), lines: z.number().int() }),
    ]),
  ),
  /** Lines of the trainer's own output from number `from` on, counted from 0; negative: so many from the end. */
  'training.log': call(
    runIdSchema.extend({
      from: z.number().int().default(-200),
      limit: z.number().int().min(1).max(2_000).default(500),
    }),
    z.object({ lines: z.array(z.string()), first: z.number().int(), total: z.number().int() }),
  ),
  /** The trainer finishes its step, saves a checkpoint and ends. */
  'training.stop': call(runIdSchema, runInfoSchema),
  /** Ends it at once; its last checkpoint stays. No process is left when the state is `cancelled`. */
  'training.cancel': call(runIdSchema, runInfoSchema),
  /** Goes on from the last checkpoint, with other limits where they are given. */
  'training.resume': call(
    runIdSchema.extend({ maxSteps: z.number().int().positive().max(mostSteps).optional() }),
    z.object({ jobId: z.string() }),
  ),
  /** Brings the checkpoints and the adapter that are not here yet. */
  'training.fetch': call(runIdSchema, z.object({ jobId: z.string() })),
  /** Removes what the run left on the machine where it ran. */
  'training.cleanUp': call(runIdSchema, z.object({})),
  /** Removes the run's folder with all its checkpoints. @throws CONFLICT where it runs */
  'training.remove': call(runIdSchema, z.object({})),
  /** Merges, writes GGUF and quantizes to these types, as a job of the kind `training-export`; adds the files to Models. */
  'training.export': call(
    runIdSchema.extend({
      types: z.array(z.enum(['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M'])).min(1),
      /** Defaults to the best one. */
      checkpoint: z.string().optional(),
    }),
    z.object({ jobId: z.string() }),
  ),
  /** Starts TensorBoard on the run's event files, or finds the one that runs; it ends with the app. */
  'training.tensorboard': call(runIdSchema, z.object({ url: z.string() })),
  /**
   * Files for places that the app does not start itself: a notebook, which is all that Colab needs; for the others their file alone,
   * which belongs into the folder of `training.prepareFolder`.
   */
  'training.taskFile': call(
    z.object({
      draft: trainingDraftSchema,
      kind: z.enum(['colab', 'skypilot', 'slurm', 'torchrun']),
      /** Whose notebook it is; absent: its name is left to be filled in. */
      runId: z.string().optional(),
    }),
    z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  ),
  /**
   * A folder that other machines train from: the run as it is started anywhere (recipe, data, base model, launch.json), the trainer,
   * and the task files. One of the same name is replaced, unless a run has begun in it. @throws AppError what `training.plan` tells
   */
  'training.prepareFolder': call(
    z.object({ draft: trainingDraftSchema, kind: clusterKindSchema }),
    preparedFolderSchema,
  ),
};
