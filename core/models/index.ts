export { createModelCatalogue, type CatalogueDeps, type ModelCatalogue } from './catalogue.ts';
export { createModelsHandlers, type ModelsHandlers, type ModelsHandlersDeps } from './handlers.ts';
export { createModelLibraryHandlers, type ModelLibraryDeps } from './library.ts';
export { locateStarterBase, locateStarterModel } from './starter-model.ts';
export { startRawLlama, type RawProcess, type RawRound } from './raw-speed/index.ts';
export {
  downloadModel,
  locateBaseModel,
  locateHub,
  nameHubFile,
  readQuantization,
  readRepository,
  chooseFolderFiles,
  chooseGgufFiles,
  type Hub,
  type ModelDownloadOptions,
} from './download/index.ts';
export {
  createFileHashes,
  identifyModel,
  keptHashesSchema,
  type FileHashes,
  type KeptHashes,
} from './file-hashes.ts';
export { readOrigin, writeOrigin } from './origin.ts';
export { listAdapters, type AdapterDeps } from './adapters.ts';
export { listBaseModels } from './base-models.ts';
export { deleteModel } from './delete-model.ts';
export { chooseOutputs, expectFree, quantizeModel } from './quantize/index.ts';
export {
  createModelServerHandlers,
  secretOfServer,
  storedServerSchema,
  type ModelServerDeps,
  type StoredServer,
} from './servers.ts';
