export { loadTokenCounter, tokenizerInUse, type TokenCounter } from './count-tokens.ts';
export { formatExamples, type FormatOptions } from './format-examples.ts';
export type { FileReport, FormatReport, TokenStatistics } from './format-report.ts';
export {
  formatReportFile,
  formattedExampleSchema,
  mistralFiles,
  type FormattedExample,
} from './formatted-example.ts';
