import type { RecipePreset, RecipeValues } from '../../contract/index.ts';
import type { YamlMapping } from './write-yaml.ts';

/** A preset with what its recipe says beyond the values that can be changed. */
export interface StoredPreset extends RecipePreset {
  /** Merged into the recipe, section by section. */
  more: YamlMapping;
}

/** The adapter and optimiser of rajeshmr/sql-codegen-slm (Mistral-7B-v0.1, A100): its steps are of 16 examples. */
const seed: RecipeValues = {
  ...{ epochs: 3, learningRate: 2e-4, warmupRatio: 0.03, weightDecay: 0.001, gradientClip: 0.3 },
  ...{ rank: 16, alpha: 32, dropout: 0.05, maxLength: 2_048, packLength: 2_048 },
  // One example a row, as the seed has it; a pack of 2,048 tokens holds about four of them.
  ...{ packsPerStep: 4, questionsPerRow: 1, precision: 'bf16' },
  ...{ evaluateEverySteps: 500, checkpointEverySteps: 500, keepCheckpoints: 3, logEverySteps: 10 },
  ...{ predictExamples: 0, seed: 42 },
};

const ours: RecipeValues = {
  ...seed,
  minSteps: 30,
  ...{ packLength: 4_096, packsPerStep: 1, questionsPerRow: 8 },
  ...{
    evaluateEverySteps: 100,
    keepCheckpoints: 2,
    predictExamples: 100,
    earlyStoppingEvaluations: 6,
    seed: 1,
  },
};

const { rank: _, alpha: __, dropout: ___, ...oursWithoutAdapter } = ours;

const oursFull: RecipeValues = {
  ...oursWithoutAdapter,
  ...{ epochs: 2, learningRate: 1e-5, weightDecay: 0.01, gradientClip: 1, packsPerStep: 4 },
};

/** For a model of a few million parameters on a processor. */
const small: RecipeValues = {
  ...{ epochs: 2, minSteps: 60, learningRate: 3e-4, warmupRatio: 0.1, weightDecay: 0.01, gradientClip: 1 },
  ...{ maxLength: 2_048, packLength: 2_048, packsPerStep: 1, questionsPerRow: 8, precision: 'bf16' },
  ...{ evaluateEverySteps: 30, checkpointEverySteps: 30, keepCheckpoints: 2, logEverySteps: 1 },
  ...{ predictExamples: 0, seed: 1 },
};

const smoke: RecipeValues = {
  ...{ maxSteps: 20, learningRate: 3e-3, warmupRatio: 0.1, weightDecay: 0.01, gradientClip: 1 },
  ...{ maxLength: 1_024, packLength: 1_024, packsPerStep: 1, questionsPerRow: 8, precision: 'fp32' },
  ...{ evaluateEverySteps: 10, checkpointEverySteps: 10, keepCheckpoints: 2, logEverySteps: 1 },
  ...{ predictExamples: 0, seed: 1 },
};

const onGpu: YamlMapping = { train: { compile: true, checkpoint_every_minutes: 10 } };
const onCpu: YamlMapping = { train: { checkpoint_every_minutes: 5 }, evaluate: { examples: 200 } };

/** A new model's shape: the embedded starter's own. */
const starterShape: YamlMapping = {
  tokenizer: { vocab_size: 4_096 },
  model: {
    ...{ hidden_size: 256, layers: 4, heads: 4, kv_heads: 2, feed_forward_size: 768, max_positions: 2_048 },
  },
};

const smokeShape: YamlMapping = {
  tokenizer: { vocab_size: 512 },
  model: {
    ...{ hidden_size: 64, layers: 2, heads: 2, kv_heads: 1, feed_forward_size: 128, max_positions: 1_024 },
  },
};

const cosineToZero: YamlMapping = { optimizer: { beta2: 0.999, final_learning_rate_ratio: 0 } };

export const presets: readonly StoredPreset[] = [
  {
    id: 'lora',
    title: 'LoRA, ours',
    explanation:
      'For one GPU of 40 GB or more: questions on one schema share its computation, so that an epoch takes about a quarter of the tokens, and the checkpoint with the best figures is kept. Few examples are repeated up to 30 steps.',
    methods: ['lora'],
    bases: ['folder', 'hub'],
    values: ours,
    more: merge(onGpu, cosineToZero),
  },
  {
    id: 'qlora',
    title: 'QLoRA, ours',
    explanation:
      'For one GPU of 16 to 24 GB: the same on a base in 4 bits, which saves memory and makes each step slower.',
    methods: ['qlora'],
    bases: ['folder', 'hub'],
    values: { ...ours, packLength: 2_048, packsPerStep: 2 },
    more: merge(onGpu, cosineToZero),
  },
  {
    id: 'seed',
    title: "The seed project's",
    explanation:
      'The adapter, learning rate and three epochs of the project that this one began from, one example a row: to compare with its figures, not because it is fast (its own run took 8 h 55 min on an A100).',
    methods: ['qlora', 'lora'],
    bases: ['folder', 'hub'],
    values: seed,
    more: merge(onGpu, cosineToZero),
  },
  {
    id: 'full',
    title: 'All weights',
    explanation:
      'Changes every weight of the base, which needs about 16 bytes of memory a parameter and, on few examples, forgets more than an adapter does.',
    methods: ['full'],
    bases: ['folder', 'hub'],
    values: oursFull,
    more: onGpu,
  },
  {
    id: 'starter-small',
    title: 'The starter, on a processor',
    explanation:
      'All weights of the small embedded model, in minutes on a processor: enough to pick up your own questions and words, not to become a large model. Few examples are repeated up to 60 steps.',
    methods: ['full'],
    bases: ['starter'],
    values: small,
    more: onCpu,
  },
  {
    id: 'starter-lora',
    title: 'The starter with an adapter',
    explanation:
      'A LoRA adapter on the small embedded model: it can be taken off again, and learns somewhat less than all weights do. Few examples are repeated up to 60 steps.',
    methods: ['lora'],
    bases: ['starter'],
    values: { ...small, learningRate: 2e-3, rank: 16, alpha: 32, dropout: 0 },
    more: onCpu,
  },
  {
    id: 'scratch-small',
    title: 'A new small model',
    explanation:
      "From random weights, in the embedded starter's shape: wants a hundred thousand examples and more than an hour of one processor core.",
    methods: ['scratch'],
    bases: ['scratch'],
    values: {
      ...small,
      epochs: 1,
      learningRate: 2.5e-3,
      warmupRatio: 0.04,
      packsPerStep: 2,
      logEverySteps: 20,
    },
    more: merge(onCpu, starterShape, { optimizer: { kind: 'muon' }, train: { prompt_loss_weight: 0.1 } }),
  },
  {
    id: 'smoke',
    title: 'Smoke test',
    explanation:
      'Twenty steps in seconds on a processor: shows that everything works, teaches next to nothing.',
    methods: ['full', 'lora', 'scratch'],
    bases: ['starter', 'folder', 'scratch'],
    values: { ...smoke, rank: 4, alpha: 8, dropout: 0 },
    more: merge({ train: { checkpoint_every_minutes: null }, evaluate: { examples: 20 } }, smokeShape),
  },
];

/** What the contract tells of the presets. */
export function listPresets(): RecipePreset[] {
  return presets.map(({ more: ____, ...preset }) => preset);
}

/** Section by section; later ones win. */
export function merge(...mappings: readonly YamlMapping[]): YamlMapping {
  const merged: YamlMapping = {};
  for (const mapping of mappings) {
    for (const [key, value] of Object.entries(mapping)) {
      const before = merged[key];
      merged[key] = isSection(before) && isSection(value) ? { ...before, ...dropAbsent(value) } : value;
    }
  }
  return merged;
}

function isSection(value: YamlMapping[string]): value is YamlMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dropAbsent(section: YamlMapping): YamlMapping {
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));
}
