export { demoDatabases } from './catalogue.ts';
export { createDemoHandlers } from './handlers.ts';
export { loadDemoDatabase, loadScript, prepareDemoDatabases } from './load.ts';
