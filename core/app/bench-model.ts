export { measureModel, type BenchReport } from '../generation/bench/index.ts';
export { runSoak, type SoakReport } from './soak/run-soak.ts';
