export { measureModel, type BenchReport } from '../generation/bench/index.ts';
