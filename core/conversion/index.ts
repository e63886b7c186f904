export { convertSpider, convertQuery } from './convert.ts';
export type { ConvertedPair, ConvertOptions } from './convert.ts';
export { loadDatabase } from './load.ts';
export type { LoadedColumn, LoadedDatabase, LoadedTable } from './load.ts';
export type { Outcome, Proof } from './prove.ts';
export type { ConversionReport, SplitCounts } from './report.ts';
export { loadRewriter, rewriteQuery } from './rewrite.ts';
export { openSpiderLoader, spiderDatabaseName } from './spider-database.ts';
