export { checkModel, type CheckModelOptions } from './check-model.ts';
export { type AdapterFacts } from './inspect-adapter.ts';
export { inspectModel, type ModelFacts } from './inspect-model.ts';
export { loadLanguageModel, type LanguageModel } from './language-model.ts';
export { describeAdapter, inspectAdapter } from './inspect-adapter.ts';
export { estimateMemory } from './plan-loading.ts';
export { readDetails } from './read-details.ts';
export type { LoadOptions } from './load-model.ts';
export { createModelPool, type LoadModel, type ModelPool, type ModelTurn } from './model-pool.ts';
