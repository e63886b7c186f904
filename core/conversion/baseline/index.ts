export { formatBaseline } from './format-baseline.ts';
export { measureBaseline } from './measure-baseline.ts';
export type { BaselineOptions, BaselineReport, FormCounts } from './measure-baseline.ts';
