import {
  AppError,
  type CoreClient,
  type evaluationRunsContract,
  type EvaluationSummary,
  type SplitInfo,
} from '../../core/contract/index.ts';

type EvaluationClient = Pick<CoreClient, keyof typeof evaluationRunsContract>;

export const fakeSplits: SplitInfo[] = [
  {
    split: 'demo',
    needsDataset: false,
    questions: 50,
    databases: ['ecommerce', 'finance', 'healthcare', 'retail', 'saas'].map((db) => ({ db, questions: 10 })),
  },
  {
    split: 'own',
    needsDataset: false,
    questions: 20,
    databases: [{ db: 'marina', questions: 20 }],
  },
  ...(['dev', 'val', 'test', 'train'] as const).map((split) => ({
    ...{ split, needsDataset: true, questions: 0, databases: [] },
    missing: {
      code: 'DATASET_MISSING' as const,
      message: 'There is no split of Spider in /home/ada/dataset.',
      hint: 'Build the dataset first: its page runs the pipeline.',
    },
  })),
];

/** Kept runs without any measuring: what a test needs besides, it replaces. */
export function createFakeEvaluation(initial: readonly EvaluationSummary[] = []): EvaluationClient {
  let runs = [...initial];
  const none = () =>
    new AppError('NOT_FOUND', 'This evaluation is not kept any more.', {
      hint: 'It was removed; the list has those that are kept.',
    });
  return {
    'evaluation.splits': async () => fakeSplits,
    'evaluation.start': async () => ({ id: 'run-1', jobId: 'job-1' }),
    'evaluation.resume': async () => ({ jobId: 'job-1' }),
    'evaluation.list': async () => runs,
    'evaluation.report': () => Promise.reject(none()),
    'evaluation.remove': async ({ id }) => {
      runs = runs.filter((run) => run.id !== id);
      return {};
    },
    'evaluation.compare': () => Promise.reject(none()),
    'evaluation.export': () => Promise.reject(none()),
    'evaluation.runQuestion': () => Promise.reject(none()),
  };
}
