export { askQuestion, type AskDeps } from './ask.ts';
export type { QueryDatabase } from './candidates.ts';
export { createGenerationHandlers, type GenerationHandlers, type HistoryStore } from './handlers.ts';
export { normaliseCell, resultKey } from './result-key.ts';
export {
  checkModel,
  createModelPool,
  inspectModel,
  loadLanguageModel,
  readDetails,
  type CheckModelOptions,
  type LanguageModel,
  type ModelFacts,
  type ModelPool,
} from './runtime/index.ts';
