export { inspectModel, type ModelFacts } from './inspect-model.ts';
export { loadLanguageModel, type LanguageModel, type LoadOptions } from './language-model.ts';
export { createModelPool, type ModelPool, type ModelTurn } from './model-pool.ts';
