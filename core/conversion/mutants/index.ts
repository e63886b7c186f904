export { measureProof } from './measure-proof.ts';
export type { MeasureOptions } from './measure-proof.ts';
export { loadMutator, mutateQuery } from './mutate.ts';
export { mutantKinds } from './mutant.ts';
export type { Mutant, MutantKind } from './mutant.ts';
export { formatMutantTable } from './report-mutants.ts';
export type { MutantExample, MutationReport } from './report-mutants.ts';
export type { KindLine, KindTable } from './tally.ts';
