export { askQuestion, type AskDeps } from './ask.ts';
export type { QueryDatabase } from './candidates.ts';
export { createGenerationHandlers, type GenerationHandlers, type HistoryStore } from './handlers.ts';
export { normaliseCell, resultKey } from './result-key.ts';
export { listEndpointModels, testEndpoint } from './endpoint/index.ts';
export { measureFile } from './bench/index.ts';
export {
  checkModel,
  createModelPool,
  describeAdapter,
  estimateMemory,
  inspectAdapter,
  inspectModel,
  loadLanguageModel,
  readDetails,
  type CheckModelOptions,
  type LanguageModel,
  type LoadModel,
  type ModelFacts,
  type ModelPool,
} from './runtime/index.ts';
