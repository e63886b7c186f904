export { demoDatabases } from './catalogue.ts';
export { createDemoHandlers } from './handlers.ts';
export { loadDemoDatabase, prepareDemoDatabases } from './load.ts';
