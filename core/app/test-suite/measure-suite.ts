import type { JudgedPrediction, PredictedQuery, SuiteReport, SuiteRow } from '../../contract/index.ts';
import { mutantKinds, type MutantKind } from '../../conversion/mutants/mutant.ts';
import { mutateQuery } from '../../conversion/mutants/mutate.ts';
import { toNormalForm } from '../../conversion/mutants/normal-form.ts';
import type { LoadedTable } from '../../conversion/load.ts';
import { loadRewriter } from '../../conversion/rewrite.ts';
import { judgePredictions } from '../../evaluation/index.ts';
import type { Database } from '../../postgres/index.ts';
import { describeTables } from './describe-source.ts';
import { rewriteEqually, type RewritingKind } from './rewrite-equally.ts';
import { reportTestSuite, type TestSuiteOptions } from './run-test-suite.ts';

export interface GoldPair {
  id: string;
  dbId: string;
  sql: string;
}

export interface MeasureSuiteOptions extends Omit<TestSuiteOptions, 'openDatabase'> {
  report?: ((done: number, total: number) => void) | undefined;
  openDatabase(dbId: string): Promise<Database>;
}

/** What became of the wrong queries of one kind. */
export interface MutantCounts {
  mutants: number;
  /** Proven to mean the same as the gold query, by the declared keys: to be passed. */
  equivalent: number;
  /** Of the others: other rows, an error or a timeout on the shipped rows. */
  caughtByShippedRows: number;
  /** Right on the shipped rows, and lost on a filling. */
  caughtBySuite: number;
  /** Neither; some of them mean the same, though that was not proven. */
  survived: number;
}

export interface SuiteMeasurement {
  golds: number;
  kinds: Record<MutantKind | 'all', MutantCounts>;
  /** Gold queries themselves, and the same said otherwise: all are to pass. */
  gold: { asked: number; lost: SuiteRow[] };
  rewritings: Partial<Record<RewritingKind, { asked: number; lost: number }>>;
  lostRewritings: { sql: string; gold: string; row: SuiteRow }[];
  /** Mutants proven equivalent and lost all the same: the suite or the proof is wrong. */
  contradictions: { sql: string; gold: string; row: SuiteRow }[];
  suite: Omit<SuiteReport, 'rows'>;
}

type Kind = MutantKind | RewritingKind | 'gold';
interface Variant extends PredictedQuery {
  kind: Kind;
  equivalent: boolean;
}

/**
 * What a test suite adds to the shipped rows: each gold query is changed in one place after the other, and the mutants
 * stand for predictions. The gold queries themselves, and the same said otherwise, show that nothing right is lost.
 */
export async function measureSuite(
  golds: readonly GoldPair[],
  options: MeasureSuiteOptions,
): Promise<SuiteMeasurement> {
  await loadRewriter();
  const variants = await makeVariants(golds, options);
  const { openDatabase, signal, timeoutMs = 3_000 } = options;
  const judged = await judgePredictions(variants, { openDatabase, signal, timeoutMs });
  const right = judged.rows.filter((row) => row.outcome === 'correct');
  const { rows, ...suite } = await reportTestSuite(right, variants.length, {
    ...options,
    openDatabase: ({ dbId }) => openDatabase(dbId),
  });
  return { golds: golds.length, ...sumUp(variants, judged.rows, rows), suite };
}

async function makeVariants(golds: readonly GoldPair[], options: MeasureSuiteOptions): Promise<Variant[]> {
  const variants: Variant[] = [];
  const tables = new Map<string, LoadedTable[]>();
  for (const { id, dbId, sql } of golds) {
    const known = tables.get(dbId) ?? (await readKnownTables(dbId, options));
    tables.set(dbId, known);
    const form = toNormalForm(sql, known);
    const add = (kind: Kind, predictedSql: string, equivalent: boolean) =>
      variants.push({ id: `${id}#${variants.length}`, dbId, goldSql: sql, predictedSql, kind, equivalent });
    add('gold', sql, true);
    for (const each of rewriteEqually(sql)) add(each.kind, each.sql, true);
    for (const each of mutateQuery(sql)) {
      add(each.kind, each.sql, toNormalForm(each.sql, known) === form);
    }
  }
  return variants;
}

/** What is declared, and where there are NULLs, is what proofs of equivalence rest on. */
async function readKnownTables(dbId: string, options: MeasureSuiteOptions): Promise<LoadedTable[]> {
  const database = await options.openDatabase(dbId);
  try {
    return (await describeTables(database, options)).tables;
  } finally {
    await database.close();
  }
}

function sumUp(variants: readonly Variant[], judged: readonly JudgedPrediction[], rows: readonly SuiteRow[]) {
  const outcomes = new Map(judged.map(({ id, outcome }) => [id, outcome]));
  const suiteRows = new Map(rows.map((row) => [row.id, row]));
  const fates = variants.map((variant): Fate => ({
    variant,
    isRight: outcomes.get(variant.id) === 'correct',
    row: suiteRows.get(variant.id),
  }));
  const mutants = fates.filter(({ variant }) => isMutant(variant.kind));
  const said = fates.filter(({ variant }) => !isMutant(variant.kind));
  const rewritten = said.filter(({ variant }) => variant.kind !== 'gold');
  const kinds = ['all', ...mutantKinds] as const;
  return {
    kinds: Object.fromEntries(
      kinds.map((kind) => [
        kind,
        countMutants(mutants.filter(({ variant }) => kind === 'all' || variant.kind === kind)),
      ]),
    ) as SuiteMeasurement['kinds'],
    gold: {
      asked: said.length - rewritten.length,
      lost: said.flatMap(({ variant, row }) =>
        variant.kind === 'gold' && row?.verdict === 'lost' ? [row] : [],
      ),
    },
    rewritings: Object.fromEntries(
      [...Map.groupBy(rewritten, ({ variant }) => variant.kind)].map(([kind, own]) => [
        kind,
        { asked: own.filter(({ row }) => row !== undefined).length, lost: own.filter(isLost).length },
      ]),
    ),
    lostRewritings: rewritten.filter(isLost).flatMap(show),
    contradictions: mutants.filter((fate) => fate.variant.equivalent && isLost(fate)).flatMap(show),
  };
}

interface Fate {
  variant: Variant;
  /** On the shipped rows. */
  isRight: boolean;
  row: SuiteRow | undefined;
}

function isMutant(kind: Kind): kind is MutantKind {
  return (mutantKinds as readonly string[]).includes(kind);
}

function isLost({ row }: Fate): boolean {
  return row?.verdict === 'lost';
}

function show({ variant: { predictedSql, goldSql }, row }: Fate) {
  return row === undefined ? [] : [{ sql: predictedSql, gold: goldSql, row }];
}

function countMutants(fates: readonly Fate[]): MutantCounts {
  const wrong = fates.filter(({ variant }) => !variant.equivalent);
  const caughtByShippedRows = wrong.filter(({ isRight }) => !isRight).length;
  const caughtBySuite = wrong.filter(isLost).length;
  return {
    mutants: fates.length,
    equivalent: fates.length - wrong.length,
    caughtByShippedRows,
    caughtBySuite,
    survived: wrong.length - caughtByShippedRows - caughtBySuite,
  };
}
