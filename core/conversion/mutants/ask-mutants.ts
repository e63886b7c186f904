import { answerOnSqlite, proveQuery } from '../prove.ts';
import type { RowLoader } from '../../postgres/load-rows.ts';
import type { GoldRunner } from '../../spider/index.ts';
import type { Engines } from '../engines.ts';
import type { Proof } from '../prove.ts';
import type { Mutant, MutantKind } from './mutant.ts';

/** How a mutant's answer stands to SQLite's answer to the gold query, by the proof's own comparison. */
export type Verdict = 'same' | 'other-rows' | 'error' | 'too-costly';

/** A proven pair. */
export interface ProvenQuery {
  sqliteSql: string;
  sql: string;
}

/** PostgreSQL's query_canceled: the statement's time was up. */
const timeoutState = '57014';

/**
 * Asks PostgreSQL each mutant and compares as the proof does. Nothing where the original is not equal to the gold
 * on these rows: there, other rows would say nothing about the mutant.
 * @param isProven true where the original's equality on these rows is known
 */
export async function askMutants(
  engines: Engines,
  { sqliteSql, sql }: ProvenQuery,
  mutants: Mutant[],
  isProven: boolean,
): Promise<Map<Mutant, Verdict>> {
  const verdicts = new Map<Mutant, Verdict>();
  const remembering: Engines = { loader: engines.loader, gold: rememberAnswers(engines.gold) };
  const expected = answerOnSqlite(remembering.gold, sqliteSql);
  if ('error' in expected) return verdicts;
  const prove = (text: string) => proveQuery(remembering, { sqliteSql, sql: text, expected });
  if (!isProven && (await prove(sql)).outcome !== 'verified') return verdicts;
  for (const mutant of mutants) {
    // Generated rows are few.
    const early =
      isProven && manyRowed.has(mutant.kind) ? await judgeBySize(engines, mutant.sql, expected) : undefined;
    verdicts.set(mutant, early ?? judge(await prove(mutant.sql)));
  }
  return verdicts;
}

function judge(proof: Proof): Verdict {
  if (proof.outcome === 'verified') return 'same';
  if (proof.outcome === 'different') return 'other-rows';
  return proof.sqlState === timeoutState ? 'too-costly' : 'error';
}

/** The tie-breaking comparison asks SQLite the same again for each mutant. */
function rememberAnswers(gold: GoldRunner): GoldRunner {
  const known = new Map<string, ReturnType<GoldRunner['run']>>();
  return {
    run: (sql) => {
      const rows = known.get(sql) ?? gold.run(sql);
      known.set(sql, rows);
      return rows;
    },
    columnsOf: (sql) => gold.columnsOf(sql),
    close: () => undefined,
  };
}

/** Mutants that may be a product of whole tables. */
const manyRowed: ReadonlySet<MutantKind> = new Set(['join-lost', 'condition-dropped', 'comparison-flipped']);
const enoughRows = 10_000;
/** In PostgreSQL's units; a second or two. Its estimate is the same on every machine, a stopwatch is not. */
const greatestCost = 1_000_000;

/**
 * Settles mutants that have rows far beyond the answer's, without fetching millions of them, and those that
 * PostgreSQL expects to take too long.
 */
async function judgeBySize(
  { loader }: Engines,
  sql: string,
  expected: { rows: unknown[] },
): Promise<Verdict | undefined> {
  const limit = expected.rows.length + enoughRows;
  const counted = `SELECT count(*) FROM (SELECT FROM (${sql}) AS mutant LIMIT ${limit}) AS counted`;
  try {
    if ((await estimateCost(loader, counted)) > greatestCost) return 'too-costly';
    if (Number((await loader.read(counted)).rows[0]?.[0]) === limit) return 'other-rows';
    return (await estimateCost(loader, sql)) > greatestCost ? 'too-costly' : undefined;
  } catch {
    // The error comes again, and is then judged.
    return undefined;
  }
}

async function estimateCost(loader: RowLoader, sql: string): Promise<number> {
  const { rows } = await loader.read(`EXPLAIN (FORMAT JSON) ${sql}`);
  const [top] = JSON.parse(rows[0]?.[0] ?? '[]') as { Plan: { 'Total Cost': number } }[];
  return top?.Plan['Total Cost'] ?? 0;
}
