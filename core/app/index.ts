export { rendererDir, readAppVersion, storeFile } from './app-paths.ts';
export { connectInMemory } from './connect-in-memory.ts';
export { contentSecurityPolicy } from './content-security-policy.ts';
export { createCore, type Core, type CoreOptions } from './create-core.ts';
export { serveTransport, type ServeOptions } from './serve-transport.ts';
export { readStaticFile, type StaticFile } from './static-files.ts';
export { moveStoreAside, resolveDataDir } from '../store/index.ts';
export type { SecretStore } from '../postgres/index.ts';
export { compareRuns, renderEvaluation, summarise, type RunFacts } from '../evaluation/index.ts';
