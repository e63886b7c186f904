import {
  AppError,
  askInputSchema,
  type Answer,
  type DemoDatabase,
  type DemoQuestion,
  type EvaluationMode,
  type EvaluationRow,
  type HandlerContext,
  type QueryResult,
} from '../contract/index.ts';
import { askQuestion, type AskDeps, type QueryDatabase } from '../generation/index.ts';
import { judgeAnswer } from './verdict.ts';

export interface EvaluationCase extends DemoQuestion {
  db: string;
  connectionId: string;
  /** The gold SQL is a rewriting that could not be proven. Where even that does not run, no answer is right. */
  goldUnproven?: true;
}

export interface EvaluationDeps {
  /** What answering needs; nothing is kept in the history. */
  ask: Omit<AskDeps, 'history'>;
  openDatabase(connectionId: string, context: HandlerContext): Promise<QueryDatabase>;
}

export interface EvaluationOptions {
  /** Path of a model other than the starter. */
  modelPath?: string | undefined;
  mode: EvaluationMode;
  /** Statements that vote. Defaults to the app's own number. */
  candidates?: number | undefined;
}

/** For each predicted statement, in milliseconds: gold statements take a few. */
const timeoutMs = 10_000;
/** Rows that an answer reads at least, so that candidates vote as they do in the app. */
const leastRows = 1_000;
/** Gold SQL is part of a proven dataset: it gets the time it needs, in milliseconds. Spider's longest answer has 20,662 rows. */
const goldLimits = { timeoutMs: 30_000, maxRows: 50_000 };

/** The demo questions, each on its own demo database. */
export function listDemoCases(databases: readonly DemoDatabase[]): EvaluationCase[] {
  return databases.flatMap(({ name, questions }) =>
    questions.map((question) => ({ ...question, db: name, connectionId: `demo:${name}` })),
  );
}

export interface EvaluatedRow extends EvaluationRow {
  model: string;
}

/**
 * Asks one question as a user would, runs the gold SQL beside it and compares the rows. A question that ends without
 * an answer is a wrong one.
 * @throws AppError DATASET_CORRUPT where proven gold SQL does not run, CANCELLED, or why no question can be answered
 */
export async function evaluateCase(
  deps: EvaluationDeps,
  evaluated: EvaluationCase,
  options: EvaluationOptions,
  context: HandlerContext,
): Promise<EvaluatedRow> {
  const { id, db, question, hardness, goldSql, goldUnproven, ordered } = evaluated;
  const database = await deps.openDatabase(evaluated.connectionId, context);
  const result = await runGold(database, evaluated, context);
  const answer = await answerOf(deps, evaluated, { ...options, maxRows: rowsToRead(result) }, context);
  const schema = await deps.ask.readSchema(evaluated.connectionId, context);
  const verdict = await judgeAnswer({ sql: goldSql, ordered, result }, answer, schema, database, context);
  return {
    ...{ id, db, question, hardness, goldSql },
    ...(goldUnproven ? { goldUnproven } : {}),
    ...{ predictedSql: answer.sql, outcome: answer.outcome, ...verdict },
    confidence: answer.confidence,
    ms: Math.round(answer.totalMs),
    model: answer.model,
  };
}

/** One row more than the gold rows shows that there are too many. */
function rowsToRead(gold: QueryResult | undefined): number {
  return Math.max(leastRows, (gold?.rows.length ?? 0) + 1);
}

async function runGold(
  database: QueryDatabase,
  { goldSql, id, goldUnproven }: EvaluationCase,
  context: HandlerContext,
): Promise<QueryResult | undefined> {
  try {
    return await database.runReadOnly(goldSql, { ...goldLimits, signal: context.signal });
  } catch (cause) {
    context.signal.throwIfAborted();
    if (goldUnproven) return undefined;
    const message = `The gold SQL of ${id} does not run: ${AppError.from(cause).message}`;
    const hint = 'Reset the databases of this split; if it stays, the question is wrong.';
    throw new AppError('DATASET_CORRUPT', message, { hint, cause });
  }
}

interface Answered extends Pick<Answer, 'sql' | 'outcome' | 'message' | 'result' | 'confidence' | 'model'> {
  totalMs: number;
}

/** What is wrong with one question only; anything else would be wrong with all of them. */
const ofOneQuestion = ['CONTEXT_TOO_LONG', 'SQL_TIMEOUT', 'SQL_EXECUTION', 'INTERNAL', 'TIMEOUT'];

async function answerOf(
  deps: EvaluationDeps,
  { connectionId, question }: EvaluationCase,
  { modelPath, mode, candidates, maxRows }: EvaluationOptions & { maxRows: number },
  context: HandlerContext,
): Promise<Answered> {
  const limits = { timeoutMs, maxRows };
  const startedAt = performance.now();
  const input = askInputSchema.parse({
    ...{ connectionId, question, modelPath, decoding: mode, candidates, ...limits },
    execute: true,
    remember: false,
  });
  try {
    for await (const event of askQuestion(deps.ask, input, context)) {
      if (event.kind === 'answer') return { ...event.answer, totalMs: event.answer.timingsMs.totalMs };
    }
    throw new AppError('INTERNAL', 'The question ended without an answer.');
  } catch (thrown) {
    const { code, message } = AppError.from(thrown);
    if (context.signal.aborted || !ofOneQuestion.includes(code)) throw thrown;
    const totalMs = performance.now() - startedAt;
    return { sql: '', outcome: 'failed', message, confidence: 0, model: '', totalMs };
  }
}
