import {
  AppError,
  trainingDraftSchema,
  type ClusterKind,
  type CoreClient,
  type PreparedFolder,
  type trainingControlContract,
  type TrainingRunInfo,
  type TrainingRunState,
} from '../../core/contract/index.ts';
import { fakeRuns, makeEvalPoints, makeHappenings, makeStepPoints } from './fake-training-runs.ts';

export type TrainingControl = Pick<CoreClient, keyof typeof trainingControlContract>;

export interface FakeControlOptions {
  /** Defaults to one in every state. */
  runs?: readonly TrainingRunInfo[];
  /** Step events of a run that has not ended. Defaults to those up to its step. */
  points?: number;
  /** Step events that come each second while a running one is watched. Defaults to none. */
  pointsPerSecond?: number;
  logLines?: readonly string[];
}

const liveStates: readonly TrainingRunState[] = [
  'preparing',
  'waiting',
  'running',
  'stopping',
  'unreachable',
  'paused',
];

const log = Array.from({ length: 420 }, (_, at) =>
  at % 60 === 59
    ? `WARNING: step ${at}: the gradient was clipped`
    : `INFO: step ${at}: a line of the trainer’s own output`,
);

/** Runs in memory: they change state when they are told to, and nothing computes. */
export function createFakeTrainingControl(options: FakeControlOptions = {}): TrainingControl {
  let runs = [...(options.runs ?? fakeRuns)];
  const lines = options.logLines ?? log;
  const get = (runId: string): TrainingRunInfo => {
    const run = runs.find(({ id }) => id === runId);
    if (run) return run;
    throw new AppError('NOT_FOUND', 'There is no such run in the runs folder.', {
      hint: 'It was removed; the list has those that are there.',
    });
  };
  const change = (runId: string, changed: Partial<TrainingRunInfo>): TrainingRunInfo => {
    const run = { ...get(runId), ...changed };
    runs = runs.map((one) => (one.id === runId ? run : one));
    return run;
  };
  const jobOf = (runId: string, verb: string) => ({ jobId: `${verb}-${get(runId).id}` });
  return {
    'training.startRecipe': async () => ({ runId: get(runs[0]?.id ?? '').id, jobId: 'job-new' }),
    async 'training.start'(input) {
      const draft = trainingDraftSchema.parse(input.draft);
      const { jobId, ...run } = { ...get(runs[0]?.id ?? ''), jobId: 'job-new' };
      runs = [{ ...run, id: 'new', name: draft.name, draft, target: draft.target }, ...runs];
      return { runId: 'new', jobId };
    },
    'training.list': async () => runs,
    'training.get': async ({ runId }) => get(runId),
    async *'training.watch'({ runId }, call) {
      const run = get(runId);
      yield { kind: 'run', run };
      const last = run.step === undefined ? 0 : (options.points ?? run.step);
      const seed = Math.max(0, runs.indexOf(run)) % 5;
      if (last > 0) yield { kind: 'steps', points: makeStepPoints(last, 1, seed), firstStep: 1 };
      if (last >= 100)
        yield {
          kind: 'evaluations',
          points: makeEvalPoints(last, Math.max(100, Math.round(last / 200)), seed),
          firstStep: 1,
        };
      yield { kind: 'happenings', happenings: makeHappenings(run) };
      yield { kind: 'log', lines: run.startedAt === undefined ? 0 : lines.length };
      if (!liveStates.includes(run.state)) return;
      const { pointsPerSecond } = options;
      if (pointsPerSecond === undefined) {
        await untilAborted(call?.signal);
        return;
      }
      for (let step = last + 1; !call?.signal?.aborted; step += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1_000 / pointsPerSecond));
        yield { kind: 'steps', points: makeStepPoints(1, step, seed), firstStep: step };
      }
    },
    async 'training.log'({ runId, from = -200, limit = 500 }) {
      get(runId);
      const first = from < 0 ? Math.max(0, lines.length + from) : Math.min(from, lines.length);
      return { lines: lines.slice(first, first + limit), first, total: lines.length };
    },
    'training.stop': async ({ runId }) => change(runId, { state: 'stopping' }),
    'training.cancel': async ({ runId }) => change(runId, { state: 'cancelled' }),
    async 'training.resume'({ runId }) {
      change(runId, { state: 'running' });
      return jobOf(runId, 'job');
    },
    'training.fetch': async ({ runId }) => jobOf(runId, 'fetch'),
    async 'training.cleanUp'({ runId }) {
      change(runId, { can: { ...get(runId).can, cleanUp: false } });
      return {};
    },
    async 'training.remove'({ runId }) {
      get(runId);
      runs = runs.filter(({ id }) => id !== runId);
      return {};
    },
    'training.export': async ({ runId }) => jobOf(runId, 'export'),
    'training.tensorboard': async () => ({ url: 'http://127.0.0.1:6006/' }),
    'training.taskFile': async ({ kind }) => ({
      fileName: kind === 'colab' ? 'train.ipynb' : `train-${kind}.txt`,
      mediaType: kind === 'colab' ? 'application/x-ipynb+json' : 'text/plain',
      text: '{}',
    }),
    'training.prepareFolder': async ({ kind }) => fakeFolders[kind],
  };
}

const folder = '/home/ada/.local/share/sqlcodegen/training-folders/shop-orders';
const fakeFolders: Record<ClusterKind, PreparedFolder> = {
  torchrun: {
    ...{ folder, taskFile: 'torchrun.sh', bytes: 14_500_000_000 },
    steps: [
      { text: 'Bring the folder to each machine.', command: `rsync -a ${folder}/ HOST:shop-orders/` },
      { text: 'On the first machine:', command: 'NODE_RANK=0 bash shop-orders/torchrun.sh' },
      { text: 'After an interruption, the same lines go on.' },
    ],
  },
  slurm: {
    ...{ folder, taskFile: 'slurm.sbatch', bytes: 14_500_000_000 },
    steps: [{ text: 'Queue it.', command: "ssh HOST 'cd shop-orders && sbatch slurm.sbatch'" }],
  },
  skypilot: {
    ...{ folder, taskFile: 'skypilot.yaml', bytes: 14_500_000_000 },
    steps: [{ text: 'Start it.', command: 'sky jobs launch skypilot.yaml' }],
  },
};

function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}
