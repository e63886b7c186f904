export { reportSuite, type SuiteRun, type SuiteStep } from './report-suite.ts';
export { noCoverage, runSuite, type SuiteOptions, type SuiteQuestion } from './run-suite.ts';
export { shuffleRows } from './shuffle-rows.ts';
export { keepFillings } from './keep-fillings.ts';
export { readShippedRows } from './read-shipped-rows.ts';
export { openSuiteDatabase, type SuiteDatabase, type SuiteReader } from './suite-database.ts';
export type { SuiteColumn, SuiteKey, SuiteSource, SuiteTable, TextRow } from './suite-schema.ts';
