export { convertSpider } from './convert.ts';
export type { ConvertOptions } from './convert.ts';
export { convertQuery } from './convert-query.ts';
export type { ConvertedQuery, GeneratedSource } from './convert-query.ts';
export {
  answerOnPostgres,
  answerOnSqlite,
  compareAnswers,
  isInformative,
  numericTolerance,
} from './answers.ts';
export type { Answer, SqliteAnswer } from './answers.ts';
export { listStrays } from './engines.ts';
export type { Engines } from './engines.ts';
export { loadDatabase } from './load.ts';
export type { LoadedColumn, LoadedDatabase, LoadedTable } from './load.ts';
export { ensureLoaded } from './load-once.ts';
export { proveQuery } from './prove.ts';
export type { Outcome, Proof } from './prove.ts';
export { proveOnGeneratedRows } from './prove-generated.ts';
export type { GeneratedProof } from './prove-generated.ts';
export { readEvidence, readPairs } from './read-pairs.ts';
export { isVerified } from './report.ts';
export type { ConversionReport, SplitCounts } from './report.ts';
export { loadRewriter, rewriteQuery } from './rewrite.ts';
export { openSpiderLoader, spiderDatabaseName } from './spider-database.ts';
