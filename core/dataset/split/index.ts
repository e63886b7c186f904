export type { DuplicateCounts, NearDuplicate } from './list-duplicates.ts';
export { splitExamples, splitFileNames, splitReportFile, type SplitOptions } from './split-examples.ts';
export type { SplitReport, SplitSummary } from './split-report.ts';
