export { createModelCatalogue, type CatalogueDeps, type ModelCatalogue } from './catalogue.ts';
export { createModelsHandlers, type ModelsHandlers, type ModelsHandlersDeps } from './handlers.ts';
export { createModelLibraryHandlers, type ModelLibraryDeps } from './library.ts';
export { locateStarterModel } from './starter-model.ts';
export { startRawLlama, type RawProcess, type RawRound } from './raw-speed/index.ts';
