import type {
  EvaluationMode,
  EvaluationRequest,
  EvaluationSplit,
  EvaluationSummary,
  SplitInfo,
} from '../../../../core/contract/index.ts';

/** What is typed and chosen for a new run. */
export interface EvaluationDraft {
  /** A path of the list, `other` for a file that is named in `typedPath`, or empty for the model in use. */
  model: string;
  typedPath: string;
  split: EvaluationSplit;
  /** Empty for all. */
  db: string;
  limit: string;
  mode: EvaluationMode;
  candidates: string;
  testSuite: boolean;
  fillings: string;
}

export const otherModel = 'other';

export const emptyDraft: EvaluationDraft = {
  model: '',
  typedPath: '',
  split: 'demo',
  db: '',
  limit: '20',
  mode: 'voted',
  candidates: '',
  testSuite: false,
  fillings: '6',
};

export type DraftProblem = 'path' | 'limit' | 'candidates' | 'fillings';

export function findProblems(draft: EvaluationDraft): DraftProblem[] {
  const isWhole = (text: string, from: number, to: number) =>
    /^\d+$/.test(text.trim()) && Number(text) >= from && Number(text) <= to;
  const problems: DraftProblem[] = [];
  if (draft.model === otherModel && !/\.gguf$/i.test(draft.typedPath.trim())) problems.push('path');
  if (draft.limit.trim() !== '' && !isWhole(draft.limit, 1, 1_000_000)) problems.push('limit');
  const votes = draft.mode === 'voted' && draft.candidates.trim() !== '';
  if (votes && !isWhole(draft.candidates, 2, 16)) problems.push('candidates');
  if (draft.testSuite && !isWhole(draft.fillings, 1, 100)) problems.push('fillings');
  return problems;
}

/** The draft has no problems. */
export function toRequest(draft: EvaluationDraft): EvaluationRequest {
  const modelPath = draft.model === otherModel ? draft.typedPath.trim() : draft.model;
  const votes = draft.mode === 'voted' && draft.candidates.trim() !== '';
  return {
    split: draft.split,
    mode: draft.mode,
    ...(modelPath === '' ? {} : { modelPath }),
    ...(draft.db === '' ? {} : { db: draft.db }),
    ...(draft.limit.trim() === '' ? {} : { limit: Number(draft.limit) }),
    ...(votes ? { candidates: Number(draft.candidates) } : {}),
    ...(draft.testSuite ? { testSuite: Number(draft.fillings) } : {}),
  };
}

/** How many questions will be asked. */
export function countQuestions(draft: EvaluationDraft, split: SplitInfo | undefined): number {
  const all =
    draft.db === ''
      ? (split?.questions ?? 0)
      : (split?.databases.find(({ db }) => db === draft.db)?.questions ?? 0);
  const limit = Number(draft.limit);
  return draft.limit.trim() === '' || !Number.isInteger(limit) ? all : Math.min(all, limit);
}

/** Runs of fewer questions say little. */
const leastQuestions = 3;

export interface Estimate {
  /** Milliseconds in all, and for each question. */
  totalMs: number;
  eachMs: number;
  /** When the run that it rests on was started; ISO 8601. */
  measuredAt: string;
}

/** By the newest run here with the same model, mode and candidates, on the same split where there is one. */
export function estimateRun(
  request: EvaluationRequest,
  questions: number,
  runs: readonly EvaluationSummary[],
): Estimate | undefined {
  const alike = runs.filter(
    (run) =>
      run.n >= leastQuestions &&
      run.mode === request.mode &&
      run.request.modelPath === request.modelPath &&
      run.request.candidates === request.candidates,
  );
  const run = alike.find((one) => one.request.split === request.split) ?? alike[0];
  if (!run) return undefined;
  // Loading the model and opening the databases is part of what a run takes; with a test suite it says nothing.
  const isPlain = run.request.testSuite === undefined && run.spentMs > 0;
  const eachMs = isPlain ? run.spentMs / run.n : run.medianMs;
  if (eachMs === null) return undefined;
  return { totalMs: eachMs * questions, eachMs, measuredAt: run.startedAt };
}
