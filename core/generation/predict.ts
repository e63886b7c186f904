import { AppError, type DatabaseSchema, type Outcome, type Prediction } from '../contract/index.ts';
import type { ValueHint } from '../schema/find-hints.ts';
import { checkCandidate, type CheckedCandidate, type QueryDatabase } from './candidates.ts';
import { generate } from './generate.ts';
import type { LanguageModel, ModelPool } from './runtime/index.ts';

/** One line of a file of questions. */
export interface PredictQuestion {
  id: string | number;
  question: string;
  /** Another database than the run's own; what it means is for `openSource` to say. */
  db?: string | undefined;
}

/** A database that questions are asked of, opened once for the run. */
export interface PredictSource {
  database: QueryDatabase;
  schema: DatabaseSchema;
  readHints?(question: string, signal: AbortSignal): Promise<ValueHint[]>;
}

export interface PredictDeps {
  models: ModelPool;
  /** Path of the model. */
  model: string;
  /** Called once for each different `db`. */
  openSource(db: string | undefined, signal: AbortSignal): Promise<PredictSource>;
}

/** Statements tried for one question until one passes the guard and EXPLAIN. */
const triedCandidates = 3;

/**
 * One prediction for each question, in order. A question that fails gives a line with an outcome, never an end;
 * only a model that cannot be loaded, or a cancelled run, ends it with an error. Statements are checked, not run:
 * the outcome `not-run` is that of a valid one.
 */
export async function* predictQuestions(
  deps: PredictDeps,
  questions: Iterable<PredictQuestion> | AsyncIterable<PredictQuestion>,
  signal: AbortSignal,
): AsyncGenerator<Prediction> {
  const sources = new Map<string | undefined, Promise<PredictSource>>();
  const turn = await deps.models.acquire(deps.model, signal);
  try {
    for await (const question of questions) {
      yield await predictOne(deps, turn.model, sources, question, signal);
    }
  } finally {
    turn.release();
  }
}

async function predictOne(
  deps: PredictDeps,
  model: LanguageModel,
  sources: Map<string | undefined, Promise<PredictSource>>,
  { id, question, db }: PredictQuestion,
  signal: AbortSignal,
): Promise<Prediction> {
  const started = performance.now();
  const line = (sql: string, outcome: Outcome, message?: string): Prediction => ({
    id,
    sql,
    outcome,
    ms: Math.round(performance.now() - started),
    ...(message === undefined ? {} : { message }),
  });
  try {
    const opening = sources.get(db) ?? deps.openSource(db, signal);
    sources.set(db, opening);
    const { sql, outcome, message } = await writeStatement(await opening, model, question, signal);
    return line(sql, outcome, message);
  } catch (error) {
    signal.throwIfAborted();
    return line('', 'failed', AppError.from(error).message);
  }
}

/** The first statement that can be planned; if none can, the most probable one with its outcome. */
async function writeStatement(
  source: PredictSource,
  model: LanguageModel,
  question: string,
  signal: AbortSignal,
): Promise<CheckedCandidate> {
  const { schema, database } = source;
  const hints = (await source.readHints?.(question, signal)) ?? [];
  let first: CheckedCandidate | undefined;
  const events = generate({ model, schema, question, hints, maxCandidates: triedCandidates, signal });
  for await (const event of events) {
    if (event.kind !== 'candidate') continue;
    const checked = await checkCandidate(database, event.candidate, signal);
    if (checked.outcome === 'not-run') return checked;
    first ??= checked;
  }
  return first ?? { sql: '', outcome: 'invalid', message: 'The model wrote no statement.', logProb: 0 };
}
