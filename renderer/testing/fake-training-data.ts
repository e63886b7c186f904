import {
  uncheckedPrice,
  type BaseInfo,
  type DoctorReport,
  type HardwareEstimate,
  type MachineInfo,
  type PriceTable,
  type RecipePreset,
  type RecipeValues,
  type SourceInfo,
  type SshHost,
  type TrainingEstimate,
  type TrainingPlan,
} from '../../core/contract/index.ts';

const gib = 1_024 ** 3;

const loraValues: RecipeValues = {
  epochs: 3,
  learningRate: 2e-4,
  warmupRatio: 0.03,
  weightDecay: 0.001,
  gradientClip: 0.3,
  rank: 16,
  alpha: 32,
  dropout: 0.05,
  maxLength: 2_048,
  packLength: 4_096,
  packsPerStep: 1,
  questionsPerRow: 8,
  precision: 'bf16',
  evaluateEverySteps: 100,
  checkpointEverySteps: 500,
  keepCheckpoints: 2,
  logEverySteps: 10,
  predictExamples: 100,
  seed: 1,
};

const { rank: _rank, alpha: _alpha, dropout: _dropout, ...fullValues } = loraValues;

export const fakePresets: RecipePreset[] = [
  {
    id: 'seed',
    title: 'The seed project’s',
    explanation: 'The adapter and learning rate that the first version of this project used on Mistral-7B.',
    methods: ['lora', 'qlora'],
    bases: ['folder', 'hub'],
    values: { ...loraValues, packsPerStep: 2, predictExamples: 0 },
  },
  {
    id: 'ours',
    title: 'Ours',
    explanation: 'As many questions a step as fit, and the checkpoint with the best execution accuracy.',
    methods: ['lora', 'qlora'],
    bases: ['folder', 'hub'],
    values: loraValues,
  },
  {
    id: 'starter-verified',
    title: 'Teach the starter',
    explanation: 'All weights of the starter on your verified examples, in minutes on a processor.',
    methods: ['full'],
    bases: ['starter'],
    values: { ...fullValues, epochs: 2, learningRate: 3e-4, packLength: 2_048 },
  },
  {
    id: 'scratch',
    title: 'A new small model',
    explanation: 'A model of a few million parameters from nothing: hours on a processor.',
    methods: ['scratch'],
    bases: ['scratch'],
    values: { ...fullValues, epochs: 10, learningRate: 2.5e-3, packLength: 2_048 },
  },
];

export const fakeSources: SourceInfo[] = [
  {
    source: { kind: 'spider', weight: 1 },
    title: 'Spider on PostgreSQL',
    examples: 8_628,
    validationExamples: 507,
    databases: 146,
    changedAt: '2026-05-01T10:00:00.000Z',
  },
  {
    source: { kind: 'verified', connectionId: 'demo:ecommerce', weight: 1 },
    title: 'ecommerce (demo)',
    examples: 42,
    databases: 1,
    changedAt: '2026-05-03T08:30:00.000Z',
  },
];

export const fakeBases: BaseInfo[] = [
  {
    base: { kind: 'starter' },
    title: 'The starter model',
    parameters: 8_400_000,
    sizeBytes: 33_600_000,
    licence: 'CC-BY-SA-4.0',
    targetForm: 'sketch',
    present: true,
    explanation: 'The model that comes with the app: learns in minutes on a processor.',
  },
  {
    base: { kind: 'hub', id: 'mistralai/Mistral-7B-v0.1' },
    title: 'Mistral-7B-v0.1',
    parameters: 7_241_732_096,
    sizeBytes: 14_483_464_192,
    licence: 'Apache-2.0',
    targetForm: 'sql',
    present: false,
    explanation: 'What the recipes were written for; wants a GPU of 16 GB (QLoRA) or 40 GB (LoRA).',
  },
  {
    base: { kind: 'scratch' },
    title: 'A new small model',
    parameters: 8_400_000,
    targetForm: 'sketch',
    present: true,
    explanation: 'Like the starter, from nothing: for many thousand examples.',
  },
];

export const fakeMachine: MachineInfo = {
  host: 'workbench',
  gpus: [],
  cores: 8,
  memoryBytes: 32 * gib,
  freeDiskBytes: 210 * gib,
  python: { path: '/usr/bin/python3.12', version: '3.12.4' },
  environmentReady: true,
  problems: [],
};

export const fakeGpuMachine: MachineInfo = {
  ...fakeMachine,
  host: 'gpu1.example',
  gpus: [
    {
      name: 'NVIDIA A100-SXM4-40GB',
      memoryBytes: 40 * gib,
      freeBytes: 39.4 * gib,
      driver: '550.90.07',
    },
  ],
  cudaVersion: '12.4',
};

export const fakeHosts: SshHost[] = [
  {
    id: 'host-1',
    name: 'Lab A100',
    host: 'gpu1.example',
    port: 22,
    user: 'ada',
    auth: { kind: 'agent' },
    hasSecret: false,
    folder: 'sqlcodegen',
  },
];

export const fakePrices: PriceTable = {
  hardware: [
    {
      id: 'colab-a100',
      gpu: 'NVIDIA A100-SXM4-40GB',
      title: 'Colab, A100 40 GB',
      memoryGib: 40,
      perHour: 1.18,
      currency: 'USD',
      asOf: '2026-04-20',
      source: `Colab, pay as you go; ${uncheckedPrice}`,
    },
    {
      id: 'gcp-l4',
      gpu: 'NVIDIA L4',
      title: 'Google Cloud, g2-standard-8 with L4',
      memoryGib: 24,
      perHour: 0.85,
      currency: 'USD',
      asOf: '2026-04-20',
      source: 'cloud.google.com/compute/gpus-pricing',
    },
  ],
  storagePerGibMonth: 0.02,
  storageAsOf: '2026-04-20',
};

export const fakeDoctor: DoctorReport = {
  status: 'ok',
  checks: [
    {
      id: 'lengths',
      status: 'ok',
      title: 'No example is cut',
      detail: 'The longest has 1,204 of 2,048 tokens.',
      hint: '',
    },
    {
      id: 'mask',
      status: 'ok',
      title: 'Only the answer is learned',
      detail: '31 of 214 tokens, the end token among them.',
      hint: '',
    },
  ],
  mask: [
    { text: 'How', id: 5_299, learned: false },
    { text: ' many', id: 1_287, learned: false },
    { text: '?\n', id: 28_804, learned: false },
    { text: 'SELECT', id: 5_339, learned: true },
    { text: ' 1', id: 28_740, learned: true },
    { text: '</s>', id: 2, learned: true },
  ],
  python: '/usr/bin/python3.12',
  seconds: 2.4,
};

export const fakeFailedDoctor: DoctorReport = {
  ...fakeDoctor,
  status: 'failure',
  checks: [
    ...fakeDoctor.checks,
    {
      id: 'leaks.evaluation',
      status: 'failure',
      title: 'Evaluation databases are among the training data',
      detail: '12 examples are of concert_singer, which the dev split asks about.',
      hint: 'Leave these databases out, or evaluate on others.',
    },
  ],
};

const here: HardwareEstimate = {
  title: 'workbench',
  peakMemoryBytes: 1.2 * gib,
  memoryBytes: 32 * gib,
  fits: true,
  hours: 0.4,
  basis: 'assumed',
};

export const fakeEstimate: TrainingEstimate = {
  examples: 42,
  tokensPerEpoch: 18_230,
  steps: 27,
  hardware: [
    here,
    {
      priceId: 'colab-a100',
      title: 'Colab, A100 40 GB',
      peakMemoryBytes: 2.1 * gib,
      memoryBytes: 40 * gib,
      fits: true,
      hours: 0.05,
      basis: 'assumed',
      costPerRun: 0.06,
      costOfFiveRuns: 0.3,
      currency: 'USD',
    },
    {
      priceId: 'gcp-l4',
      title: 'Google Cloud, g2-standard-8 with L4',
      peakMemoryBytes: 2.1 * gib,
      memoryBytes: 24 * gib,
      fits: true,
      hours: null,
      basis: 'assumed',
      currency: 'USD',
    },
  ],
  checkpointBytes: 96 * 1_024 ** 2,
  diskBytes: 0.5 * gib,
  storagePerMonth: 0.01,
  assumptions: ['40 % of the hardware’s peak is reached.'],
};

export const fakeMeasuredEstimate: TrainingEstimate = {
  ...fakeEstimate,
  hardware: [{ ...here, hours: 0.21, basis: 'measured' }, ...fakeEstimate.hardware.slice(1)],
  assumptions: ['8 steps of this run were timed.'],
};

export const fakePlan: TrainingPlan = {
  yaml: 'name: ecommerce\nmethod: full\nbase:\n  path: base\ntrain:\n  epochs: 2\n',
  trainExamples: 38,
  validationExamples: 4,
  sources: [
    {
      ...{
        source: { kind: 'verified', connectionId: 'demo:ecommerce', weight: 1 },
        train: 38,
        validation: 4,
      },
      leftOutCount: 1,
      leftOut: [{ question: 'How many orders are there?', reason: 'it is asked in an evaluation' }],
    },
  ],
  problems: [],
};
