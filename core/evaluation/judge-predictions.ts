import {
  AppError,
  type JudgedPrediction,
  type PredictedQuery,
  type PredictionReport,
  type QueryResult,
} from '../contract/index.ts';
import { runGuarded, type Database } from '../postgres/index.ts';
import { equalResults } from './compare-results.ts';
import { isOrdered } from './is-ordered.ts';

export interface JudgeOptions {
  /** One of Spider's databases, its schema on the search path. Asked once for each, and closed after its queries. */
  openDatabase(dbId: string): Promise<Database>;
  /** For each predicted statement, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
  report?: ((done: number, total: number) => void) | undefined;
}

/** Gold SQL is part of the proven dataset: it gets the time it needs, in milliseconds. */
const goldTimeoutMs = 30_000;
/** Spider's longest answer has 20,662 rows. */
const mostGoldRows = 50_000;

/**
 * Execution accuracy of predicted SQL on PostgreSQL: each is run beside its gold SQL and their rows are compared as
 * `equalResults` does, in order where the gold SQL has an ORDER BY of its own. A prediction that may not run, fails
 * or takes too long is a row with its outcome. Databases come one after another, so that few connections are open.
 * @throws AppError CANCELLED, or why a database cannot be opened
 */
export async function judgePredictions(
  predictions: readonly PredictedQuery[],
  options: JudgeOptions,
): Promise<PredictionReport> {
  const startedAt = performance.now();
  const judged = new Map<PredictedQuery, JudgedPrediction>();
  for (const [dbId, group] of Map.groupBy(predictions, (prediction) => prediction.dbId)) {
    const database = await options.openDatabase(dbId);
    try {
      for (const prediction of group) {
        judged.set(prediction, await judge(database, prediction, options));
        options.report?.(judged.size, predictions.length);
      }
    } finally {
      await database.close();
    }
  }
  const rows = predictions.flatMap((prediction) => judged.get(prediction) ?? []);
  return { ...countOutcomes(rows), seconds: (performance.now() - startedAt) / 1000, rows };
}

async function judge(
  database: Database,
  prediction: PredictedQuery,
  options: JudgeOptions,
): Promise<JudgedPrediction> {
  const gold = await tryGold(database, prediction.goldSql, options.signal);
  if (gold instanceof AppError) {
    const message = `The gold SQL does not run: ${gold.message}`;
    return { ...prediction, outcome: 'gold-failed', message, ms: 0 };
  }
  const startedAt = performance.now();
  const verdict = await compare(database, prediction, gold, options);
  return { ...prediction, ...verdict, ms: Math.round(performance.now() - startedAt) };
}

type Verdict = Pick<JudgedPrediction, 'outcome' | 'message'>;

async function compare(
  database: Database,
  { predictedSql }: PredictedQuery,
  gold: Gold,
  { timeoutMs, signal }: JudgeOptions,
): Promise<Verdict> {
  try {
    // One row more than the gold rows shows that there are too many.
    const limits = { timeoutMs, maxRows: gold.result.rows.length + 1, signal };
    const predicted = await runGuarded(database, predictedSql, { ...limits, origin: 'model' });
    if (equalResults(gold.result, predicted, gold)) return { outcome: 'correct' };
    return { outcome: 'wrong', message: 'The rows differ from the gold rows.' };
  } catch (thrown) {
    const error = asStatementError(thrown, signal);
    return { outcome: error.code === 'SQL_TIMEOUT' ? 'timeout' : 'error', message: error.message };
  }
}

interface Gold {
  result: QueryResult;
  ordered: boolean;
}

/** The file says what its gold SQL is, so that is guarded like any statement that came from elsewhere. */
async function tryGold(database: Database, sql: string, signal: AbortSignal): Promise<Gold | AppError> {
  try {
    const limits = { timeoutMs: goldTimeoutMs, maxRows: mostGoldRows, signal };
    const result = await runGuarded(database, sql, { ...limits, origin: 'model' });
    if (result.truncated) {
      return new AppError('SQL_EXECUTION', `Its answer has more than ${mostGoldRows} rows or is too large.`);
    }
    return { result, ordered: await isOrdered(sql) };
  } catch (thrown) {
    return asStatementError(thrown, signal);
  }
}

const ofStatement = ['SQL_SYNTAX', 'SQL_NOT_READ_ONLY', 'SQL_TIMEOUT', 'SQL_EXECUTION', 'PERMISSION_DENIED'];

/** What a statement is to blame for. A lost connection says nothing about it, and is thrown on. */
function asStatementError(thrown: unknown, signal: AbortSignal): AppError {
  signal.throwIfAborted();
  const error = AppError.from(thrown);
  if (ofStatement.includes(error.code)) return error;
  throw error;
}

function countOutcomes(rows: readonly JudgedPrediction[]): Omit<PredictionReport, 'rows' | 'seconds'> {
  const count = (outcome: JudgedPrediction['outcome']) =>
    rows.filter((row) => row.outcome === outcome).length;
  const outcomes = {
    correct: count('correct'),
    wrong: count('wrong'),
    error: count('error'),
    timeout: count('timeout'),
  };
  const goldFailed = count('gold-failed');
  const n = rows.length - goldFailed;
  return {
    engine: 'postgresql',
    n,
    executionAccuracy: n === 0 ? null : outcomes.correct / n,
    outcomes,
    goldFailed,
  };
}
