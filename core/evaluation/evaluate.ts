import {
  AppError,
  type Answer,
  type AskInput,
  type DemoDatabase,
  type DemoQuestion,
  type EvaluationReport,
  type EvaluationRow,
  type HandlerContext,
  type QueryResult,
} from '../contract/index.ts';
import { askQuestion, type AskDeps, type QueryDatabase } from '../generation/index.ts';
import { equalResults } from './compare-results.ts';

export interface EvaluationCase extends DemoQuestion {
  db: string;
  connectionId: string;
}

export interface EvaluationDeps {
  /** What answering needs; nothing is kept in the history. */
  ask: Omit<AskDeps, 'history'>;
  openDatabase(connectionId: string, context: HandlerContext): Promise<QueryDatabase>;
}

export interface EvaluationOptions {
  /** Path of a model other than the starter. */
  modelPath?: string | undefined;
}

const limits = { timeoutMs: 10_000, maxRows: 10_000 };

/** The demo questions, each on its own demo database. */
export function listDemoCases(databases: readonly DemoDatabase[]): EvaluationCase[] {
  return databases.flatMap(({ name, questions }) =>
    questions.map((question) => ({ ...question, db: name, connectionId: `demo:${name}` })),
  );
}

export interface EvaluatedRow extends EvaluationRow {
  model: string;
}

/** Asks one question as a user would, runs the gold SQL beside it and compares the rows. */
export async function evaluateCase(
  deps: EvaluationDeps,
  evaluated: EvaluationCase,
  options: EvaluationOptions,
  context: HandlerContext,
): Promise<EvaluatedRow> {
  const { id, db, question, hardness, goldSql, ordered } = evaluated;
  const gold = await runGold(deps, evaluated, context);
  const answer = await ask(deps, evaluated, options, context);
  const correct = answer.result !== undefined && equalResults(gold, answer.result, { ordered });
  const message =
    answer.message ?? (correct || !answer.result ? undefined : 'The rows differ from the gold rows.');
  return {
    ...{ id, db, question, hardness, goldSql, correct },
    predictedSql: answer.sql,
    outcome: answer.outcome,
    ...(message === undefined ? {} : { message }),
    ms: Math.round(answer.timingsMs.totalMs),
    model: answer.model,
  };
}

async function runGold(
  deps: EvaluationDeps,
  { connectionId, goldSql, id }: EvaluationCase,
  context: HandlerContext,
): Promise<QueryResult> {
  const database = await deps.openDatabase(connectionId, context);
  try {
    return await database.runReadOnly(goldSql, { ...limits, signal: context.signal });
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new AppError(
      'DATASET_CORRUPT',
      `The gold SQL of ${id} does not run: ${AppError.from(cause).message}`,
      {
        hint: 'Reset the demo databases; if it stays, the question is wrong.',
        cause,
      },
    );
  }
}

async function ask(
  deps: EvaluationDeps,
  { connectionId, question }: EvaluationCase,
  { modelPath }: EvaluationOptions,
  context: HandlerContext,
): Promise<Answer> {
  const input: AskInput = {
    connectionId,
    question,
    modelPath,
    execute: true,
    candidates: 1,
    remember: false,
    ...limits,
  };
  for await (const event of askQuestion(deps.ask, input, context)) {
    if (event.kind === 'answer') return event.answer;
  }
  throw new AppError('INTERNAL', 'The question ended without an answer.');
}

/** Shares of right answers, overall and by hardness. */
export function summarise(split: string, evaluated: readonly EvaluatedRow[]): EvaluationReport {
  const share = (rows: readonly EvaluatedRow[]) =>
    rows.length === 0 ? null : rows.filter(({ correct }) => correct).length / rows.length;
  const of = (hardness: EvaluationRow['hardness']) =>
    share(evaluated.filter((row) => row.hardness === hardness));
  return {
    split,
    engine: 'postgresql',
    model: evaluated[0]?.model ?? '',
    n: evaluated.length,
    correct: evaluated.filter(({ correct }) => correct).length,
    executionAccuracy: {
      all: share(evaluated) ?? 0,
      easy: of('easy'),
      medium: of('medium'),
      hard: of('hard'),
      extra: of('extra'),
    },
    rows: evaluated.map(({ model: _model, ...row }) => row),
  };
}
