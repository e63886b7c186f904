import {
  AppError,
  type EvaluationRow,
  type EvaluationSplit,
  type HandlerContext,
  type QueryResult,
  type RanStatement,
} from '../../contract/index.ts';
import { runGuarded } from '../../postgres/index.ts';
import type { EvaluationDeps } from '../evaluate.ts';

/** Rows of each statement that are shown. */
const maxRows = 500;
const timeoutMs = 30_000;

/** Both statements of a question on its database, for reading. What does not run is part of the answer. */
export async function runQuestion(
  openDatabase: EvaluationDeps['openDatabase'],
  split: EvaluationSplit,
  { db, goldSql, predictedSql }: EvaluationRow,
  context: HandlerContext,
): Promise<{ gold: RanStatement; predicted: RanStatement }> {
  const database = await openDatabase(connectionOf(split, db), context);
  const limits = { timeoutMs, maxRows, signal: context.signal };
  const gold = await settle(context, () => database.runReadOnly(goldSql, limits));
  const predicted = await settle(context, () => {
    if (predictedSql.trim() === '') throw noStatement();
    return runGuarded(database, predictedSql, { ...limits, origin: 'model' });
  });
  return { gold, predicted };
}

/** Where the questions of a split are asked. */
function connectionOf(split: EvaluationSplit, db: string): string {
  const kind = split === 'demo' || split === 'own' ? split : 'spider';
  return `${kind}:${db}`;
}

async function settle({ signal }: HandlerContext, run: () => Promise<QueryResult>): Promise<RanStatement> {
  try {
    return { result: await run() };
  } catch (thrown) {
    signal.throwIfAborted();
    return { error: AppError.from(thrown).toPayload() };
  }
}

function noStatement(): AppError {
  return new AppError('INVALID_INPUT', 'The model wrote no statement.');
}
