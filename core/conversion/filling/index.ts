export { makeFillings } from './make-fillings.ts';
export { openFilledDatabase } from './filled-database.ts';
export type { FilledDatabase } from './filled-database.ts';
