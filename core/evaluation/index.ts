export { equalResults, type CompareOptions } from './compare-results.ts';
export { evaluateCase, listDemoCases, type EvaluationCase, type EvaluationDeps } from './evaluate.ts';
export { isOrdered } from './is-ordered.ts';
export {
  createEvaluationHandlers,
  type EvaluationHandlers,
  type EvaluationHandlersDeps,
} from './handlers.ts';
export {
  chooseOptions,
  runEvaluation,
  type AskedQuestion,
  type RunEvaluationDeps,
} from './run-evaluation.ts';
export { measureRun } from './kept-runs/measure-run.ts';
export { readReport } from './kept-runs/describe-run.ts';
export { createRunFolder, type RunFolder } from './kept-runs/run-folder.ts';
export { judgePredictions, type JudgeOptions } from './judge-predictions.ts';
export { summarise, type RunFacts } from './summarise.ts';
export { compareRuns } from './compare-runs.ts';
export { signatureOf, readNames, readQuery } from './components/index.ts';
export { findCauses } from './failure-causes.ts';
export { mcNemarExact, shareOf, shareWhere } from './intervals.ts';
export { renderEvaluation } from './report/render-report.ts';
export { renderAccuracyTable } from './report/accuracy-table.ts';
export * from './gate/index.ts';
