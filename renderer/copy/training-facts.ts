import type { RecipeValues, TrainingTarget } from '../../core/contract/index.ts';
import { pluralize } from '../lib/format-values.ts';

const values: Record<keyof RecipeValues, string> = {
  epochs: 'Epochs',
  minSteps: 'Steps at least',
  maxSteps: 'Steps at most',
  maxMinutes: 'Minutes at most',
  learningRate: 'Learning rate',
  warmupRatio: 'Warm-up, share of the steps',
  weightDecay: 'Weight decay',
  gradientClip: 'Gradient clipping',
  rank: 'Rank',
  alpha: 'Alpha',
  dropout: 'Dropout',
  maxLength: 'Longest example, tokens',
  packLength: 'Pack length, tokens',
  packsPerStep: 'Packs a step',
  questionsPerRow: 'Questions a row',
  precision: 'Precision asked for',
  evaluateEverySteps: 'Evaluate every, steps',
  checkpointEverySteps: 'Checkpoint every, steps',
  keepCheckpoints: 'Checkpoints kept',
  logEverySteps: 'Log every, steps',
  predictExamples: 'Questions executed at an evaluation',
  earlyStoppingEvaluations: 'Evaluations without progress until it ends',
  seed: 'Seed',
};

const targets: Record<TrainingTarget['kind'], string> = {
  local: 'This machine',
  ssh: 'A machine by SSH',
  colab: 'Colab',
};

/** What a run was asked for and what its trainer found, each fact by its name. */
export const trainingSetupCopy = {
  asked: 'What was asked for',
  found: 'What the trainer found',
  outside: 'It was started outside the app; its recipe lies in its folder.',
  notStarted: 'The trainer has not started yet.',
  values,
  targets,
  facts: {
    data: 'Examples from',
    validation: 'Validation',
    base: 'Base model',
    method: 'Method',
    preset: 'Recipe',
    types: 'Quantized to',
    target: 'Place',
    device: 'Device',
    precision: 'Precision',
    parameters: 'Parameters',
    trainable: 'Of these trained',
    examples: 'Examples of an epoch',
    promptTokens: 'Tokens of their prompts',
    completionTokens: 'Tokens that are learned',
    sharedTokens: 'Prompt tokens saved by sharing',
    packs: 'Packs of an epoch',
    limit: 'Ends after',
    commit: 'Commit of the trainer',
  },
  spider: (version: string | undefined) =>
    version === undefined ? 'Spider, the newest version' : `Spider, version ${version}`,
  verified: (connection: string) => `verified examples of ${connection}`,
  heldBack: (share: string) => `${share} of what has no validation split of its own`,
  devices: (name: string, devices: number, threads: number) =>
    name === 'cpu'
      ? `processor, ${pluralize(threads, 'thread')}`
      : devices === 1
        ? name
        : `${devices} × ${name}`,
  packs: (packs: string, perStep: number) => `${packs}, ${perStep} a step`,
  steps: (steps: string) => `${steps} steps`,
  minutes: (minutes: number) => pluralize(minutes, 'minute'),
};
