import type {
  Answer,
  AskEvent,
  AskInput,
  DatabaseSchema,
  HandlerContext,
  HistoryEntry,
  Timings,
} from '../contract/index.ts';
import { AppError } from '../contract/index.ts';
import type { ValueHint } from '../schema/find-hints.ts';
import {
  checkCandidate,
  runCandidate,
  toContractCandidate,
  voteByResult,
  type CheckedCandidate,
  type QueryDatabase,
} from './candidates.ts';
import { generate } from './generate.ts';
import type { ModelPool, ModelTurn } from './runtime/index.ts';

/** What a question needs of the rest of the core. */
export interface AskDeps {
  openDatabase(connectionId: string, context: HandlerContext): Promise<QueryDatabase>;
  /** Kept between questions by whoever provides it. */
  readSchema(connectionId: string, context: HandlerContext): Promise<DatabaseSchema>;
  /** Stored values that the question names. */
  readHints?(connectionId: string, question: string, context: HandlerContext): Promise<ValueHint[]>;
  models: ModelPool;
  /** Path of the embedded model. */
  starterModel: string;
  /** Left out: nothing is kept. */
  history?: { add(entry: Omit<HistoryEntry, 'id' | 'createdAt'>): string };
}

/** Statements written when one was asked for and the guard or the planner refuse the ones before. */
const fallbackCandidates = 3;
/** Candidates that only vote must not hold up the answer. */
const votingTimeoutMs = 5_000;

/**
 * Answers one question: schema, prompt, model, guard, EXPLAIN, read-only execution. What goes wrong with the
 * statement is the answer's `outcome`; what prevents an answer (no connection, no tables, no model, cancelled) is
 * thrown.
 */
export async function* askQuestion(
  deps: AskDeps,
  input: AskInput,
  context: HandlerContext,
): AsyncGenerator<AskEvent> {
  const run = new AskRun(deps, input, context);
  try {
    yield* run.answer();
  } catch (error) {
    if (!context.signal.aborted) throw AppError.from(error);
    run.keepCancelled();
    throw new AppError('CANCELLED', 'The question was cancelled.', { cause: error });
  }
}

class AskRun {
  private readonly deps: AskDeps;
  private readonly input: AskInput;
  private readonly context: HandlerContext;
  private readonly started = performance.now();
  private readonly timings: Timings = {
    schemaMs: 0,
    modelMs: 0,
    promptMs: 0,
    generateMs: 0,
    checkMs: 0,
    executeMs: 0,
    totalMs: 0,
  };
  private modelName = '';
  private latestSql = '';
  private checked: CheckedCandidate[] = [];

  constructor(deps: AskDeps, input: AskInput, context: HandlerContext) {
    this.deps = deps;
    this.input = input;
    this.context = context;
  }

  async *answer(): AsyncGenerator<AskEvent> {
    const { deps, input, context } = this;
    const model = input.modelPath ?? deps.starterModel;
    yield { kind: 'stage', stage: 'schema' };
    // Beside the schema's reading; what goes wrong here goes wrong again, and is told, at `acquire`.
    if (deps.models.stateOf(model) === 'unloaded')
      deps.models.preload(model, context.signal).catch(() => undefined);
    const [schema, database, hints] = await this.time('schemaMs', async () => {
      const opened = await deps.openDatabase(input.connectionId, context);
      const read = await deps.readSchema(input.connectionId, context);
      const found = await deps.readHints?.(input.connectionId, input.question, context);
      return [read, opened, found ?? []] as const;
    });
    yield { kind: 'stage', stage: 'model' };
    const turn = await this.time('modelMs', () => deps.models.acquire(model, context.signal));
    this.modelName = turn.model.facts.name;
    try {
      yield* this.writeCandidates(turn, schema, hints, database);
    } finally {
      turn.release();
    }
    yield* this.execute(database);
    yield this.finish();
  }

  /** One candidate, or those behind it while none is valid; or all that shall vote. */
  private async *writeCandidates(
    { model }: ModelTurn,
    schema: DatabaseSchema,
    hints: readonly ValueHint[],
    database: QueryDatabase,
  ): AsyncGenerator<AskEvent> {
    const { candidates, question } = this.input;
    const { signal } = this.context;
    const maxCandidates = candidates > 1 ? candidates : fallbackCandidates;
    yield { kind: 'stage', stage: 'prompt' };
    for await (const event of generate({ model, schema, question, hints, maxCandidates, signal })) {
      if (event.kind === 'prompt') {
        this.timings.promptMs = event.promptMs;
        yield { kind: 'prompt', text: event.text, tokens: event.tokenCount };
        yield { kind: 'stage', stage: 'generating' };
      } else if (event.kind === 'sql') {
        yield this.showSql(event.sql);
      } else {
        this.timings.generateMs += event.candidate.ms;
        if (this.checked.length === 0) yield { kind: 'stage', stage: 'checking' };
        const checked = await this.time('checkMs', () => checkCandidate(database, event.candidate, signal));
        if (!this.hasValid()) yield this.showSql(checked.sql);
        this.checked.push(checked);
        if (candidates === 1 && checked.outcome === 'not-run') return;
      }
    }
  }

  private async *execute(database: QueryDatabase): AsyncGenerator<AskEvent> {
    if (!this.input.execute || !this.hasValid()) return;
    yield { kind: 'stage', stage: 'executing' };
    await this.time('executeMs', () => this.runChecked(database));
  }

  /** Each within tight limits where several vote; if none was that quick, the first one within the asked limits. */
  private async runChecked(database: QueryDatabase): Promise<void> {
    const { timeoutMs, maxRows } = this.input;
    const several = this.checked.filter(({ outcome }) => outcome === 'not-run').length > 1;
    const tightMs = several ? Math.min(timeoutMs, votingTimeoutMs) : timeoutMs;
    const run = async (index: number, candidate: CheckedCandidate, limitMs: number) => {
      const limits = { timeoutMs: limitMs, maxRows };
      this.checked[index] = await runCandidate(database, candidate, limits, this.context.signal);
    };
    for (const [index, candidate] of this.checked.entries()) {
      if (candidate.outcome === 'not-run') await run(index, candidate, tightMs);
    }
    if (tightMs === timeoutMs || this.checked.some(({ outcome }) => outcome === 'succeeded')) return;
    const slow = this.checked.findIndex(({ outcome }) => outcome === 'timed-out');
    const candidate = this.checked[slow];
    if (candidate) await run(slow, candidate, timeoutMs);
  }

  private finish(): AskEvent {
    const voted = voteByResult(this.checked);
    const best = voted[0] ?? { ...nothingWritten, votes: 0 };
    this.timings.totalMs = performance.now() - this.started;
    const answer: Answer = {
      question: this.input.question,
      sql: best.sql,
      outcome: best.outcome,
      ...(best.message === undefined ? {} : { message: best.message }),
      ...(best.hint === undefined ? {} : { hint: best.hint }),
      ...(best.result === undefined ? {} : { result: best.result }),
      candidates: voted.map(toContractCandidate),
      confidence: voted.length === 0 ? 0 : best.votes / voted.length,
      timingsMs: this.timings,
      model: this.modelName,
    };
    const historyId = this.keep(answer);
    return { kind: 'answer', answer: historyId === undefined ? answer : { ...answer, historyId } };
  }

  private showSql(sql: string): AskEvent {
    this.latestSql = sql;
    return { kind: 'sql', sql };
  }

  private hasValid(): boolean {
    return this.checked.some(({ outcome }) => outcome === 'not-run');
  }

  private keep({ outcome, sql, message, result }: Pick<Answer, 'outcome' | 'sql' | 'message' | 'result'>) {
    if (!this.input.remember) return undefined;
    return this.deps.history?.add({
      connectionId: this.input.connectionId,
      question: this.input.question,
      sql,
      outcome,
      ...(message === undefined ? {} : { message }),
      ...(result === undefined ? {} : { rowCount: result.rowCount }),
      model: this.modelName,
      timingsMs: this.timings,
    });
  }

  keepCancelled(): void {
    this.timings.totalMs = performance.now() - this.started;
    this.keep({ outcome: 'cancelled', sql: this.latestSql, message: 'The question was cancelled.' });
  }

  private async time<T>(part: keyof Timings, work: () => Promise<T>): Promise<T> {
    const before = performance.now();
    try {
      return await work();
    } finally {
      this.timings[part] += performance.now() - before;
    }
  }
}

const nothingWritten: CheckedCandidate = {
  sql: '',
  outcome: 'invalid',
  message: 'The model wrote no statement for this question.',
  hint: 'Say it with the names of tables and columns, or write the SQL by hand.',
  logProb: 0,
};
