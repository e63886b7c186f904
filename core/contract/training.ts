import { z } from 'zod';
import { errorCodes } from './errors.ts';

/*
 * What the trainer prints, one JSON object a line, on standard output and in RUN_DIR/events.jsonl. This is its one
 * definition: `node build/scripts/write-event-schema.ts` exports it as training/event_schema.json, by which the
 * Python tests check every event that the trainer writes.
 *
 * Keys are snake_case, unlike the rest of the contract: they are written by Python, and the file on disk outlives the
 * program that wrote it. A reader passes over keys that it does not know (a newer trainer's); the exported schema
 * allows none, so that a new key has to be declared here first.
 *
 * JSON has neither NaN nor infinity; the trainer writes null for them.
 */

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const seconds = z.number().min(0);

const stepNumber = count.describe(
  'Optimiser steps done since the start of the run, those before a resume included',
);
const elapsedSeconds = seconds.describe(
  'Seconds of training since the start of the run, those before a resume included',
);
const runPath = z
  .string()
  .min(1)
  .describe('Path as the trainer sees it, relative to its working folder or absolute');

const common = {
  time: z.iso.datetime({ offset: true }).describe('When it was written, ISO 8601 with an offset'),
};

export const runStartedEventSchema = z
  .object({
    event: z.literal('run_started'),
    ...common,
    name: z.string().describe("The recipe's name"),
    run_dir: runPath,
    resumed: z.boolean().describe('Whether the run goes on from a checkpoint'),
    step: stepNumber,
    device: z.string().describe("The accelerator's name as its driver gives it, or cpu"),
    devices: z.int().min(1).describe('Processes that train together, one for each device'),
    threads: z.int().min(1).describe('CPU threads of each process'),
    precision: z.string().describe('Arithmetic of the forward pass: bf16 or fp32'),
    method: z
      .enum(['scratch', 'lora', 'qlora', 'full'])
      .describe(
        'What is trained: a new model, an adapter, an adapter on a 4-bit base, or all weights of a base',
      ),
    base: z.string().nullable().describe('Folder or hub id of the base model; null from scratch'),
    parameters: count.describe('All parameters, base and adapter'),
    trainable_parameters: count.describe('Parameters that the optimiser changes'),
    vocab_size: count.describe('Tokens of the vocabulary'),
    examples: count.describe('Training examples of one epoch'),
    prompt_tokens: count.describe('Tokens of their prompts, BOS included, each example counted by itself'),
    completion_tokens: count.describe(
      'Tokens of their completions, the end token included: those that are learned',
    ),
    shared_tokens: count.describe('Prompt tokens that packing saves: computed once for several examples'),
    packs: count.describe('Packs of one epoch, over all devices'),
    padding_share: share.describe('Share of the computed tokens that is padding'),
    micro_batch_packs: z.int().min(1).describe('Packs in one forward and backward pass of a device'),
    packs_per_step: z.int().min(1).describe('Packs in one optimiser step, over all devices'),
    max_steps: count.nullable().describe('Step at which the run ends; null where only time limits it'),
    max_minutes: z
      .number()
      .min(0)
      .nullable()
      .describe('Minutes of training after which it ends; null for no limit'),
    commit: z.string().nullable().describe('Git commit of the trainer; null outside a checkout'),
  })
  .meta({ id: 'run_started', description: 'First event of a run, and of each resume' });

export const stepEventSchema = z
  .object({
    event: z.literal('step'),
    ...common,
    step: stepNumber,
    epoch: z.number().min(0).describe('Passes over the training examples so far, with its fraction: 1.25'),
    loss: z
      .number()
      .nullable()
      .describe(
        'Mean cross-entropy of a completion token in this step, in nats; null where it is not finite',
      ),
    learning_rate: z.number().min(0).describe('Learning rate of this step'),
    gradient_norm: z
      .number()
      .min(0)
      .nullable()
      .describe('L2 norm of the gradient before clipping; null where it is not finite'),
    tokens_per_second: z
      .number()
      .min(0)
      .describe('Tokens computed a second since the last step event, over all devices, padding left out'),
    examples_seen: count.describe('Examples learned from so far, repeats counted'),
    tokens_seen: count.describe('Tokens computed so far, padding left out'),
    elapsed_seconds: elapsedSeconds,
    eta_seconds: seconds
      .nullable()
      .describe('Estimated seconds until the run ends; null where it cannot be known yet'),
    gpu_memory_bytes: count
      .nullable()
      .describe('Most GPU memory allocated since the last step event, on the fullest device; null on a CPU'),
    gpu_utilization: share
      .nullable()
      .describe('Share of time in which the GPU was busy, by its driver; null if unknown'),
    mfu: z
      .number()
      .min(0)
      .nullable()
      .describe(
        "Model FLOP utilisation: share of the devices' peak that went into the model; null if no peak is known",
      ),
  })
  .meta({ id: 'step', description: 'How the training goes, every so many steps' });

export const evalEventSchema = z
  .object({
    event: z.literal('eval'),
    ...common,
    step: stepNumber,
    elapsed_seconds: elapsedSeconds,
    validation_loss: z
      .number()
      .nullable()
      .describe('Mean cross-entropy of a completion token, in nats; null where it is not finite'),
    token_accuracy: share.describe('Share of completion tokens that come first, given those before them'),
    exact_completions: share.describe(
      'Share of completions whose every token comes first, given those before it',
    ),
    examples: count.describe('Validation examples that the above are measured on'),
    execution_accuracy: share
      .nullable()
      .describe(
        'Share of the executed examples whose predicted SQL gives the gold rows; null where none was executed',
      ),
    executed: count
      .nullable()
      .describe('Validation examples whose predicted SQL was executed; null where none was'),
    seconds: seconds.describe('How long the evaluation took'),
  })
  .meta({ id: 'eval', description: 'The model on the validation examples' });

export const checkpointEventSchema = z
  .object({
    event: z.literal('checkpoint'),
    ...common,
    step: stepNumber,
    path: runPath,
    bytes: count.describe('Size of the folder in bytes'),
    is_best: z.boolean().describe('Whether it is the best so far'),
    seconds: seconds.describe('How long writing it took'),
  })
  .meta({ id: 'checkpoint', description: 'A checkpoint is whole on disk' });

export const artifactEventSchema = z
  .object({
    event: z.literal('artifact'),
    ...common,
    artifact: z.enum(['adapter', 'model', 'gguf', 'manifest', 'model_card', 'predictions']),
    path: runPath,
    bytes: count.nullable().describe('Size in bytes; null where it was not measured'),
  })
  .meta({ id: 'artifact', description: 'A file or folder that the run made besides checkpoints' });

export const warningEventSchema = z
  .object({
    event: z.literal('warning'),
    ...common,
    message: z.string().min(1).describe('What is'),
    hint: z.string().nullable().describe('What to do'),
    step: stepNumber.nullable().describe('Step at which it was found; null before the first'),
  })
  .meta({ id: 'warning', description: 'Something that does not end the run but that its owner should know' });

export const runFinishedEventSchema = z
  .object({
    event: z.literal('run_finished'),
    ...common,
    outcome: z
      .enum(['finished', 'stopped', 'stopped_early'])
      .describe(
        'Done to its limit; stopped by a signal, to be resumed; or ended as validation no longer got better',
      ),
    step: stepNumber,
    elapsed_seconds: elapsedSeconds,
    checkpoint: runPath.nullable().describe('The last checkpoint'),
    best_checkpoint: runPath.nullable().describe('The best checkpoint that was kept'),
  })
  .meta({ id: 'run_finished', description: 'Last event of a run that ended in order' });

export const runFailedEventSchema = z
  .object({
    event: z.literal('run_failed'),
    ...common,
    step: stepNumber,
    code: z
      .enum(errorCodes)
      .describe("One of the app's codes: TRAINER_FAILED, OUT_OF_MEMORY, DISK_FULL, INVALID_INPUT, …"),
    message: z.string().min(1).describe('What is'),
    hint: z.string().nullable().describe('What to do'),
  })
  .meta({ id: 'run_failed', description: 'Last event of a run that failed' });

export const runEventSchema = z.discriminatedUnion('event', [
  runStartedEventSchema,
  stepEventSchema,
  evalEventSchema,
  checkpointEventSchema,
  artifactEventSchema,
  warningEventSchema,
  runFinishedEventSchema,
  runFailedEventSchema,
]);
export type RunEvent = z.infer<typeof runEventSchema>;
export type RunEventOf<K extends RunEvent['event']> = Extract<RunEvent, { event: K }>;

export const runEventKinds = runEventSchema.options.map((option) => option.shape.event.value);
