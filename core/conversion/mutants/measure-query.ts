import { AppError } from '../../contract/errors.ts';
import { askMutants } from './ask-mutants.ts';
import { judgeEquivalence } from './judge-equivalence.ts';
import { isCaught, isDifferent } from './mutant-fate.ts';
import { mutateQuery } from './mutate.ts';
import type { GeneratedRows } from '../../contract/dataset.ts';
import type { Engines } from '../engines.ts';
import type { FilledDatabase } from '../filling/index.ts';
import type { LoadedTable } from '../load.ts';
import type { ProvenQuery, Verdict } from './ask-mutants.ts';
import type { Mutant } from './mutant.ts';
import type { MutantFate } from './mutant-fate.ts';

/** One database in both engines: with Spider's own rows, and empty for generated ones. */
export interface MeasuredDatabase {
  engines: Engines;
  filled: Pick<FilledDatabase, 'withRows'>;
  tables: LoadedTable[];
}

export interface MeasuredQuery extends ProvenQuery {
  /** The sets of rows of the proof. */
  sets: GeneratedRows[];
  /** Sets of the long search, made when they are needed. */
  searchSets: () => Iterable<GeneratedRows>;
}

/**
 * The fate of every mutant of one query: on Spider's own rows, then on the proof's generated sets, then judged for
 * equivalence, and what is left searched for with further sets.
 */
export async function measureQuery(database: MeasuredDatabase, query: MeasuredQuery): Promise<MutantFate[]> {
  const fates = mutateQuery(query.sql).map((mutant): MutantFate => ({ mutant, tooCostly: false }));
  if (fates.length === 0) return fates;
  const verdicts = await askMutants(database.engines, query, mutantsOf(fates), true);
  for (const fate of fates) {
    fate.shipped = verdicts.get(fate.mutant);
    fate.tooCostly = fate.shipped === 'too-costly';
  }
  for (const set of query.sets) {
    await askOnSet(
      database,
      query,
      set,
      fates.filter((fate) => !isCaught(fate)),
      (fate, verdict) => {
        fate.caughtOn = { set: set.kind, verdict };
      },
    );
  }
  await judgeEquivalence(database, query.sql, fates);
  await searchLong(database, query, fates);
  return fates;
}

function mutantsOf(fates: MutantFate[]): Mutant[] {
  return fates.map((fate) => fate.mutant);
}

async function askOnSet(
  database: MeasuredDatabase,
  query: ProvenQuery,
  set: GeneratedRows,
  fates: MutantFate[],
  onDifferent: (fate: MutantFate, verdict: Verdict) => void,
): Promise<void> {
  if (fates.length === 0) return;
  const verdicts = await askWithRows(database, query, set, mutantsOf(fates));
  for (const fate of fates) {
    const verdict = verdicts.get(fate.mutant);
    if (verdict === 'too-costly') fate.tooCostly = true;
    if (verdict !== undefined && isDifferent(verdict)) onDifferent(fate, verdict);
  }
}

/** Rows that an engine refuses tell nothing. */
async function askWithRows(
  { filled }: MeasuredDatabase,
  query: ProvenQuery,
  set: GeneratedRows,
  mutants: Mutant[],
): Promise<Map<Mutant, Verdict>> {
  try {
    return await filled.withRows(set, (engines) => askMutants(engines, query, mutants, false));
  } catch (error) {
    if (error instanceof AppError && error.code === 'INTERNAL') return new Map();
    throw error;
  }
}

/** Those that no further set tells apart are presumed equivalent, and not more. */
async function searchLong(database: MeasuredDatabase, query: MeasuredQuery, fates: MutantFate[]) {
  const open = fates.filter((fate) => !isCaught(fate) && fate.proof === undefined);
  if (open.length === 0) return;
  for (const set of query.searchSets()) {
    const left = open.filter((fate) => fate.search !== 'told-apart');
    if (left.length === 0) return;
    for (const fate of left) fate.search = 'never-told-apart';
    await askOnSet(database, query, set, left, (fate) => {
      fate.search = 'told-apart';
      fate.toldApartBy = set;
    });
  }
}
