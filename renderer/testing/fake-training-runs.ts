import type {
  EvalPoints,
  RunHappening,
  StepPoints,
  TrainingDraft,
  TrainingRunInfo,
  TrainingRunState,
} from '../../core/contract/index.ts';

export const fakeDraft: TrainingDraft = {
  name: 'Mistral on Spider',
  data: { sources: [{ kind: 'spider', weight: 1 }], validationShare: 0.1 },
  base: { kind: 'hub', id: 'mistralai/Mistral-7B-v0.3' },
  recipe: { preset: 'seed', method: 'lora', changes: {}, quantize: ['Q8_0'] },
  target: { kind: 'local' },
};

const started: NonNullable<TrainingRunInfo['started']> = {
  ...{ event: 'run_started', time: '2026-11-23T05:00:20.000+00:00', name: 'Mistral on Spider' },
  ...{ run_dir: '.', resumed: false, step: 0, device: 'NVIDIA A100-SXM4-40GB', devices: 1, threads: 8 },
  ...{ precision: 'bf16', method: 'lora', base: 'mistralai/Mistral-7B-v0.3', commit: null },
  ...{ parameters: 7_289_000_000, trainable_parameters: 41_943_040, vocab_size: 32_768 },
  ...{ examples: 8_628, prompt_tokens: 3_500_000, completion_tokens: 380_000, shared_tokens: 2_850_000 },
  ...{ packs: 258, padding_share: 0.02, micro_batch_packs: 2, packs_per_step: 4 },
  ...{ max_steps: 2_000, max_minutes: null },
};

const nothingCan: TrainingRunInfo['can'] = {
  ...{ stop: false, cancel: false, resume: false, fetch: false },
  ...{ export: false, cleanUp: false, remove: false },
};

/** A run that is finished, unless something else is asked for. */
export function makeTrainingRun(
  more: Partial<Omit<TrainingRunInfo, 'can'>> & { id: string; can?: Partial<TrainingRunInfo['can']> },
): TrainingRunInfo {
  return {
    ...{ name: 'Mistral on Spider', runDir: `/home/ada/runs/${more.id}`, state: 'finished' },
    ...{ target: { kind: 'local' }, where: 'this machine', draft: fakeDraft, started },
    ...{ createdAt: '2026-11-23T05:00:00.000Z', startedAt: '2026-11-23T05:00:20.000Z' },
    ...{ endedAt: '2026-11-23T09:12:00.000Z', lastEventAt: '2026-11-23T09:12:00.000Z' },
    ...{ step: 2_000, totalSteps: 2_000, trainingLoss: 0.0812, validationLoss: 0.1034 },
    executionAccuracy: 0.74,
    lastEvaluation: {
      ...{ event: 'eval', time: '2026-11-23T09:10:00.000+00:00', step: more.step ?? 2_000 },
      ...{ elapsed_seconds: 15_000, validation_loss: 0.1034, token_accuracy: 0.969, exact_completions: 0.61 },
      ...{ examples: 960, execution_accuracy: 0.74, executed: 100, seconds: 84 },
    },
    checkpoints: [500, 1_000, 1_500, 2_000].map((step, at) => ({
      name: `step-${String(step).padStart(6, '0')}`,
      ...{ step, bytes: 503_000_000, isBest: step === 1_500, here: true },
      ...{ validationLoss: 0.14 - at * 0.012, executionAccuracy: [0.6, 0.7, 0.76, 0.74][at] ?? 0 },
    })),
    artifacts: [
      { kind: 'adapter', path: `/home/ada/runs/${more.id}/adapter`, bytes: 167_800_000, here: true },
      { kind: 'gguf', path: `/home/ada/runs/${more.id}/gguf/a-Q8_0.gguf`, bytes: 7_700_000_000, here: true },
    ],
    ...more,
    can: { ...nothingCan, resume: true, export: true, remove: true, ...more.can },
  };
}

/** One that has begun and not ended. */
function makeLiveRun(state: TrainingRunState, more: Parameters<typeof makeTrainingRun>[0]): TrainingRunInfo {
  const { endedAt: _, ...run } = makeTrainingRun({
    ...{ state, jobId: `job-${more.id}`, jobState: 'running', artifacts: [] },
    ...{ step: 840, totalSteps: 2_000, etaSeconds: 8_340, trainingLoss: 0.1432 },
    ...more,
    can: { stop: true, cancel: true, resume: false, export: false, remove: false, ...more.can },
  });
  return run;
}

/** One that has not begun. */
function makeComingRun(
  state: TrainingRunState,
  more: Parameters<typeof makeTrainingRun>[0],
): TrainingRunInfo {
  const run = makeLiveRun(state, { checkpoints: [], ...more, can: { stop: false, ...more.can } });
  for (const key of ['startedAt', 'lastEventAt', 'step', 'totalSteps', 'etaSeconds', 'started'] as const) {
    delete run[key];
  }
  for (const key of ['trainingLoss', 'validationLoss', 'executionAccuracy'] as const) delete run[key];
  return run;
}

const ssh = { target: { kind: 'ssh', hostId: 'lab' }, where: 'Lab A100' } as const;
const colab = {
  target: { kind: 'colab', projectId: 'my-project', bucketName: 'my-bucket', prefix: 'sqlcodegen' },
  where: 'Colab',
} as const;

/** Runs in every state; each is named by it. */
export const fakeRuns: TrainingRunInfo[] = [
  makeLiveRun('running', { id: 'running', name: 'QLoRA, rank 64' }),
  makeComingRun('preparing', { id: 'preparing', name: 'Second try', ...ssh }),
  makeComingRun('waiting', { id: 'waiting', name: 'On Colab', ...colab }),
  makeLiveRun('stopping', { id: 'stopping', name: 'Being stopped' }),
  makeLiveRun('unreachable', {
    ...{ id: 'unreachable', name: 'Behind the tunnel', ...ssh },
    error: {
      code: 'REMOTE_UNREACHABLE',
      message: 'lab.example:22 does not answer.',
      hint: 'The run may go on there. Check the network or the VPN.',
    },
  }),
  makeLiveRun('paused', {
    ...{ id: 'paused', name: 'Credential expired', ...colab },
    error: {
      code: 'AUTH_FAILED',
      message: 'The credential for Cloud Storage has expired.',
      hint: 'Run gcloud auth application-default login, then continue.',
    },
    can: { resume: true },
  }),
  makeTrainingRun({ id: 'finished', name: 'Mistral on Spider', ...ssh, can: { cleanUp: true, fetch: true } }),
  makeTrainingRun({ id: 'stopped', name: 'Stopped at noon', state: 'stopped', step: 1_240, artifacts: [] }),
  makeTrainingRun({ id: 'stopped-early', name: 'Learning rate ×3', state: 'stopped_early', step: 1_500 }),
  makeTrainingRun({
    id: 'cancelled',
    name: 'A typo in the recipe',
    state: 'cancelled',
    step: 12,
    artifacts: [],
  }),
  makeTrainingRun({
    ...{
      id: 'failed',
      name: 'Too long for the card',
      state: 'failed',
      step: 3,
      checkpoints: [],
      artifacts: [],
    },
    error: {
      code: 'OUT_OF_MEMORY',
      message: 'CUDA ran out of memory: 39.4 of 39.6 GiB were taken.',
      hint: 'Take a shorter pack length, or QLoRA.',
    },
    can: { export: false },
  }),
  makeTrainingRun({
    ...{ id: 'lost', name: 'Power cut', state: 'lost', step: 1_702, artifacts: [] },
    error: {
      code: 'TRAINER_FAILED',
      message: 'The trainer ended without a word, as when a machine is switched off.',
      hint: 'Resume it: it goes on from step 1,500.',
    },
  }),
  makeOutsideRun(),
];

/** Started on the command line. */
function makeOutsideRun(): TrainingRunInfo {
  const { draft: _, ...run } = makeTrainingRun({ id: 'starter', name: 'starter', can: { remove: true } });
  return run;
}

/** A curve as trainings have it: a steep beginning, a long tail, noise. */
export function makeStepPoints(count: number, firstStep = 1, seed = 0): StepPoints {
  const steps = Array.from({ length: count }, (_, at) => firstStep + at);
  const noise = (step: number, seed: number) =>
    Math.sin(step * 12.9898 + seed) * Math.cos(step * 4.1414 + seed);
  return {
    step: steps,
    loss: steps.map(
      (step) =>
        0.08 + seed / 50 + 1.9 * Math.exp(-step / (180 + seed * 40)) + 0.025 * (1 + noise(step, 1 + seed)),
    ),
    learningRate: steps.map((step) => 0.0002 * Math.min(1, step / 60) * (0.5 + 0.5 * Math.cos(step / 800))),
    gradientNorm: steps.map((step) => 0.6 + 0.3 * noise(step, 2)),
    tokensPerSecond: steps.map((step) => 3_150 + 240 * noise(step, 3)),
    gpuMemory: steps.map((step) => 2 ** 30 * (33.1 + 0.8 * noise(Math.floor(step / 50), 4))),
    gpuUtilization: steps.map((step) => 0.94 + 0.04 * noise(step, 5)),
    elapsedSeconds: steps.map((step) => step * 7.5),
  };
}

export function makeEvalPoints(lastStep: number, every = 100, seed = 0): EvalPoints {
  const steps = Array.from({ length: Math.floor(lastStep / every) }, (_, at) => (at + 1) * every);
  return {
    step: steps,
    validationLoss: steps.map((step) => 0.1 + seed / 60 + 1.2 * Math.exp(-step / (220 + seed * 30))),
    tokenAccuracy: steps.map((step) => 0.97 - 0.4 * Math.exp(-step / 300)),
    executionAccuracy: steps.map((step) => 0.76 - seed / 30 - 0.6 * Math.exp(-step / 350)),
  };
}

export function makeHappenings({
  checkpoints,
  startedAt,
  endedAt,
  error,
  state,
}: TrainingRunInfo): RunHappening[] {
  if (startedAt === undefined) return [];
  const failed = error && (state === 'failed' || state === 'lost');
  return [
    { at: startedAt, kind: 'started', step: 0, text: 'Started on NVIDIA A100-SXM4-40GB, bf16.' },
    {
      ...{ at: '2026-11-23T05:01:10.000Z', kind: 'warning', step: 2 },
      text: 'Memory ran out; a micro-batch is 2 packs from now on.',
      hint: 'Nothing to do: the steps stay the same, each takes a little longer.',
    },
    ...checkpoints.map(({ name, step, isBest }): RunHappening => ({
      ...{
        at: `2026-11-23T0${Math.min(9, 5 + Math.round(step / 500))}:10:00.000Z`,
        kind: 'checkpoint',
        step,
      },
      text: `${name} is saved${isBest ? ', the best so far' : ''}.`,
    })),
    ...(endedAt === undefined
      ? []
      : [
          failed
            ? ({ at: endedAt, kind: 'failed', text: error.message, hint: error.hint } as RunHappening)
            : ({ at: endedAt, kind: 'finished', text: 'The run has ended.' } as RunHappening),
        ]),
  ];
}
