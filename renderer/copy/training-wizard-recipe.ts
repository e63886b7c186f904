import type { RecipeValues, TrainingMethod } from '../../core/contract/index.ts';
import { pluralize } from '../lib/format-values.ts';

interface ValueWords {
  label: string;
  unit?: string;
  about: string;
}

const values: Record<keyof RecipeValues, ValueWords> = {
  epochs: {
    label: 'Epochs',
    unit: 'passes',
    about: 'How often all examples are seen. Of several limits, the first that is reached ends the run.',
  },
  minSteps: {
    label: 'Steps at least',
    unit: 'steps',
    about:
      'A few dozen examples make an epoch of one or two steps, which teach nothing: they are repeated until there are so many.',
  },
  maxSteps: {
    label: 'Steps at most',
    unit: 'steps',
    about: 'Ends the run after so many steps, whatever epoch it is in.',
  },
  maxMinutes: {
    label: 'Minutes at most',
    unit: 'minutes',
    about: 'Ends the run after so much training time; resumed parts add up.',
  },
  earlyStoppingEvaluations: {
    label: 'Stop when nothing gets better',
    unit: 'evaluations',
    about: 'Ends the run after so many evaluations in a row without a new best.',
  },
  learningRate: {
    label: 'Learning rate',
    about: 'How far each step goes, at its peak. Too high forgets, too low learns nothing.',
  },
  warmupRatio: {
    label: 'Warm-up',
    unit: 'share of the run',
    about: 'The learning rate rises to its peak over this part.',
  },
  weightDecay: { label: 'Weight decay', about: 'Pulls weights towards zero, against learning by heart.' },
  gradientClip: {
    label: 'Gradient clip',
    unit: 'norm',
    about: 'A step whose gradient is longer is cut to this length.',
  },
  rank: { label: 'Adapter rank', about: 'Size of the adapter: more can learn more, and costs memory.' },
  alpha: { label: 'Adapter alpha', about: 'The adapter counts by alpha divided by rank.' },
  dropout: {
    label: 'Adapter dropout',
    unit: 'share',
    about: 'Part of the adapter that is left out at random, against learning by heart.',
  },
  maxLength: {
    label: 'Longest example',
    unit: 'tokens',
    about: 'Longer ones are left out, never cut; the doctor says how many.',
  },
  packLength: {
    label: 'Pack length',
    unit: 'tokens',
    about: 'Examples are packed together up to this length; at least the longest example.',
  },
  packsPerStep: { label: 'Packs a step', unit: 'packs', about: 'More make steps steadier, and fewer.' },
  questionsPerRow: {
    label: 'Questions a schema',
    unit: 'questions',
    about: 'So many questions of one database share the work on its schema.',
  },
  precision: {
    label: 'Precision',
    about: 'bf16 takes half the memory and is faster where the hardware has it; fp32 is more exact.',
  },
  evaluateEverySteps: {
    label: 'Evaluate every',
    unit: 'steps',
    about: 'Measures the loss on the validation examples.',
  },
  predictExamples: {
    label: 'Executed at evaluations',
    unit: 'examples',
    about:
      'Validation questions whose SQL is written and run at each evaluation, where the app is on the same machine; 0 for none.',
  },
  checkpointEverySteps: {
    label: 'Checkpoint every',
    unit: 'steps',
    about: 'What is saved can be resumed from.',
  },
  keepCheckpoints: {
    label: 'Checkpoints kept',
    unit: 'checkpoints',
    about: 'The newest so many; the best one is kept besides.',
  },
  logEverySteps: { label: 'Report every', unit: 'steps', about: 'Points of the curves.' },
  seed: { label: 'Seed', about: 'The same seed, data and machine give the same run.' },
};

const methods: Record<TrainingMethod, { name: string; about: string }> = {
  lora: { name: 'LoRA', about: 'A small adapter beside the frozen model: little memory, quick to swap.' },
  qlora: {
    name: 'QLoRA',
    about: 'LoRA on a model in 4 bits: far less memory, slower steps; needs a CUDA GPU.',
  },
  full: {
    name: 'All weights',
    about: 'The whole model learns: the most memory, for small models and large data.',
  },
  scratch: {
    name: 'From scratch',
    about: 'A new model from random weights: only for many thousand examples.',
  },
};

/** What the interface says: method and recipe. */
export const wizardRecipeCopy = {
  methods,
  method: 'Method',
  preset: 'Recipe',
  changed: (count: number) => `${pluralize(count, 'value')} changed`,
  change: 'Change values',
  changeHint: 'Empty is as the preset has it. A limit that you set takes the place of the preset’s.',
  groups: {
    end: 'How long',
    learning: 'How it learns',
    adapter: 'The adapter',
    batches: 'A step',
    watching: 'Watching and saving',
  },
  values,
  fromPreset: (value: string) => `Preset: ${value}`,
  unset: 'not set',
  reset: (label: string) => `${label}: as the preset`,
  resetAll: 'All as the preset',
  wrong: {
    number: 'This is no number that it can be.',
    packLength: 'At least the longest example.',
  },
  afterwards: 'When it is done',
  quantize: 'Make GGUF files of these types',
  quantizeHint:
    'For use in the app. None: the run ends with its adapter or weights, which can be exported later.',
  quantizeAbout: {
    Q4_K_M: 'the smallest file',
    Q5_K_M: 'small',
    Q6_K: 'middle',
    Q8_0: 'large, closest to F16',
    F16: 'not quantized',
  },
  noMethod: 'There is no recipe for this base model',
  noMethodHint: 'Choose another base model.',
  needsGpu: 'No GPU was found on this machine; the doctor will say so too.',
} as const;
