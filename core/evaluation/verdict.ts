import type {
  Answer,
  DatabaseSchema,
  EvaluationRow,
  HandlerContext,
  Outcome,
  QueryResult,
} from '../contract/index.ts';
import type { QueryDatabase } from '../generation/index.ts';
import { equalResults, isAmongTies } from './compare-results.ts';
import { readNames, readQuery, signatureOf, type NameFacts, type QueryParts } from './components/index.ts';
import { findCauses } from './failure-causes.ts';
import { showTies } from './tied-rows.ts';

export interface GoldQuery {
  sql: string;
  ordered: boolean;
  /** Undefined where it does not run. */
  result: QueryResult | undefined;
}

export type Verdict = Pick<EvaluationRow, 'correct' | 'tied' | 'exactMatch' | 'causes' | 'message'>;

/** For the gold query without its LIMIT. */
const tiesLimits = { timeoutMs: 30_000, maxRows: 50_000 };

/** Judges one answer: its rows against the gold rows, and its components against the gold SQL's. */
export async function judgeAnswer(
  gold: GoldQuery,
  answer: Pick<Answer, 'sql' | 'outcome' | 'result' | 'message'>,
  schema: DatabaseSchema,
  database: QueryDatabase,
  context: HandlerContext,
): Promise<Verdict> {
  const names = namesOf(schema);
  const [wanted, written] = await Promise.all([tryRead(gold.sql, names), tryRead(answer.sql, names)]);
  const rows = await judgeRows(gold, answer, database, context);
  const exactMatch =
    wanted !== undefined && written !== undefined && signatureOf(wanted) === signatureOf(written);
  return { ...rows, exactMatch, causes: rows.correct ? [] : findCauses(wanted, written, outcomeOf(answer)) };
}

/** A model that writes nothing has declined, whatever its outcome is called. */
function outcomeOf({ sql, outcome }: Pick<Answer, 'sql' | 'outcome'>): Outcome {
  return sql.trim() === '' && outcome === 'invalid' ? 'not-answerable' : outcome;
}

async function judgeRows(
  gold: GoldQuery,
  { result, message = 'The statement did not run.' }: Pick<Answer, 'result' | 'message'>,
  database: QueryDatabase,
  context: HandlerContext,
): Promise<Pick<Verdict, 'correct' | 'tied' | 'message'>> {
  if (gold.result === undefined) return { correct: false, message: 'The gold SQL does not run.' };
  if (result === undefined) return { correct: false, message };
  if (equalResults(gold.result, result, gold)) return { correct: true };
  if (await isTied(gold.sql, gold.result, result, database, context)) return { correct: true, tied: true };
  return { correct: false, message: describeDifference(gold.result, result) };
}

/** Asked only where the rows differ: the gold query leaves open which of them come, or in which order. */
async function isTied(
  sql: string,
  gold: QueryResult,
  predicted: QueryResult,
  database: QueryDatabase,
  { signal }: HandlerContext,
): Promise<boolean> {
  const isAlike =
    gold.rows.length === predicted.rows.length && gold.columns.length === predicted.columns.length;
  const shown = isAlike && gold.rows.length > 0 ? await showTies(sql) : undefined;
  if (shown === undefined) return false;
  try {
    const whole = await database.runReadOnly(shown.sql, { ...tiesLimits, signal });
    return isAmongTies(whole, shown.keys, gold.rows.length, predicted);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

function describeDifference(gold: QueryResult, predicted: QueryResult): string {
  const [wanted, got] = [gold.columns.length, predicted.columns.length];
  if (wanted !== got) return `${got} columns instead of ${wanted}.`;
  const [rows, written] = [gold.rows.length, predicted.rows.length];
  if (predicted.truncated || rows !== written) {
    return `${predicted.truncated ? 'More than ' : ''}${written} rows instead of ${rows}.`;
  }
  return 'As many rows and columns, but other values or another order.';
}

async function tryRead(sql: string, names: NameFacts): Promise<QueryParts | undefined> {
  return readQuery(sql, names).catch(() => undefined);
}

const known = new WeakMap<DatabaseSchema, NameFacts>();

function namesOf(schema: DatabaseSchema): NameFacts {
  const names = known.get(schema) ?? readNames(schema);
  known.set(schema, names);
  return names;
}
