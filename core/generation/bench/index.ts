export { measureModel, type BenchOptions, type BenchReport } from './measure-model.ts';
