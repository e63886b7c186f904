export { equalResults, type CompareOptions } from './compare-results.ts';
export {
  evaluateCase,
  listDemoCases,
  summarise,
  type EvaluationCase,
  type EvaluationDeps,
} from './evaluate.ts';
export {
  createEvaluationHandlers,
  type EvaluationHandlers,
  type EvaluationHandlersDeps,
} from './handlers.ts';
export { judgePredictions, type JudgeOptions } from './judge-predictions.ts';
