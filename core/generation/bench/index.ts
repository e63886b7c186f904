export { measureFile } from './measure-file.ts';
export { measureModel, type BenchOptions, type BenchReport } from './measure-model.ts';
