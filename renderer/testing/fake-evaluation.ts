import {
  AppError,
  type CoreClient,
  type evaluationRunsContract,
  type EvaluationRow,
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

/** A run that is whole, unless something else is asked for. */
export function makeRun(more: Partial<EvaluationSummary> & { id: string }): EvaluationSummary {
  const share = { n: 20, count: 13, share: 0.65, low: 0.433, high: 0.819 };
  return {
    ...{ state: 'succeeded', mode: 'voted', model: 'starter' },
    request: { split: 'demo', limit: 20, mode: 'voted' },
    ...{ startedAt: '2026-11-23T05:00:00.000Z', endedAt: '2026-11-23T05:00:08.000Z', spentMs: 8_000 },
    ...{ total: 20, n: 20, execution: share, exactMatch: share, medianMs: 380 },
    ...more,
  };
}

/** A question that is answered right, unless something else is asked for. */
export function makeRow(more: Partial<EvaluationRow> & { id: string }): EvaluationRow {
  return {
    ...{ db: 'ecommerce', question: 'How many customers are there?', hardness: 'easy' },
    ...{ goldSql: 'SELECT count(*) FROM customers', predictedSql: 'SELECT count(*) FROM customers' },
    ...{ outcome: 'succeeded', correct: true, exactMatch: true, causes: [], confidence: 0.9, ms: 380 },
    ...more,
  };
}
