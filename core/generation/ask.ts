import type {
  Answer,
  AskEvent,
  AskInput,
  DatabaseSchema,
  HandlerContext,
  IgnoredAdapter,
  NotAnswerable,
} from '../contract/index.ts';
import { AppError } from '../contract/index.ts';
import type { FailedStatement } from '../schema/build-chat-prompt.ts';
import type { ValueHint } from '../schema/find-hints.ts';
import { includedWords, narrowHints, narrowSchema } from '../schema/index.ts';
import { AskRecord, type QuestionHistory } from './ask-record.ts';
import { explainNotAnswerable, findOtherIntent, judgeAnswerable } from './answerability.ts';
import { buildAnswer, type VotedAnswer } from './build-answer.ts';
import { readVoteSettings, type VoteSettings } from './calibration/calibration.ts';
import { checkCandidate, type CheckedCandidate, type QueryDatabase } from './candidates.ts';
import { describeLinking } from './describe-linking.ts';
import { proveFollowUp } from './follow-up/index.ts';
import { generate } from './generate.ts';
import { runCandidates } from './run-candidates.ts';
import type { WrittenCandidate } from './generation-event.ts';
import type { ModelPool, ModelTurn } from './runtime/index.ts';
import { refuseLeftOut } from './refuse-left-out.ts';

/** What a question needs of the rest of the core. */
export interface AskDeps {
  openDatabase(connectionId: string, context: HandlerContext): Promise<QueryDatabase>;
  /** Kept between questions by whoever provides it. */
  readSchema(connectionId: string, context: HandlerContext): Promise<DatabaseSchema>;
  /** Stored values that the question names. */
  readHints?(connectionId: string, question: string, context: HandlerContext): Promise<ValueHint[]>;
  models: ModelPool;
  /** The model for a connection's questions that name none, with the adapter that was chosen for it. */
  defaultModel(connectionId: string): string;
  /** The connection's adapter where `defaultModel` leaves it out. */
  ignoredAdapter?(connectionId: string): IgnoredAdapter | undefined;
  /** Left out: nothing is kept. */
  history?: QuestionHistory;
}

/**
 * Of a model that writes sketches: 8 cost 2.7 times one's processor time (23 questions of Spider train databases that the starter
 * was not trained on); of others each costs a text.
 */
const sketchCandidates = 8;
const textCandidates = 1;
/** Statements written when one was asked for and the guard or the planner refuse the ones before. */
const fallbackCandidates = 3;

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
    run.record.keepCancelled();
    throw new AppError('CANCELLED', 'The question was cancelled.', { cause: error });
  }
}

/** With its adapter, which makes it another model. */
function nameModel(model: ModelTurn['model']): string {
  const adapter = 'adapter' in model ? model.adapter : undefined;
  return adapter === undefined ? model.facts.name : `${model.facts.name} + ${adapter.name}`;
}

/** What the database has to say before a model is asked. */
interface Ground {
  database: QueryDatabase;
  /** Without the tables that the user left out. */
  schema: DatabaseSchema;
  hints: readonly ValueHint[];
  /** The whole schema. */
  whole: DatabaseSchema;
}

class AskRun {
  private readonly deps: AskDeps;
  private readonly input: AskInput;
  private readonly context: HandlerContext;
  readonly record: AskRecord;
  private readonly modelFile: string;
  private readonly ignoredAdapter: IgnoredAdapter | undefined;
  private checked: CheckedCandidate[] = [];
  private writesSketches = false;
  private followUp: Answer['followUp'];
  private repaired: Answer['repaired'];

  constructor(deps: AskDeps, input: AskInput, context: HandlerContext) {
    this.deps = deps;
    this.input = input;
    this.context = context;
    this.record = new AskRecord(deps.history, input);
    this.modelFile = input.modelPath ?? deps.defaultModel(input.connectionId);
    if (input.modelPath === undefined) this.ignoredAdapter = deps.ignoredAdapter?.(input.connectionId);
  }

  async *answer(): AsyncGenerator<AskEvent> {
    const { question, previous = [] } = this.input;
    const other = this.mayRefuse() ? findOtherIntent(question, previous.length > 0) : undefined;
    if (other) return yield this.refuse(other);
    const ground = yield* this.readGround();
    const unanswerable = previous.length > 0 ? undefined : this.judge(ground);
    if (unanswerable) return yield this.refuse(unanswerable);
    yield { kind: 'stage', stage: 'model' };
    const turn = await this.record.time('modelMs', () =>
      this.deps.models.acquire(this.modelFile, this.context.signal),
    );
    this.record.model = nameModel(turn.model);
    this.record.modelPath = this.modelFile;
    this.writesSketches = turn.model.facts.targetForm === 'sketch';
    try {
      await this.startFollowUp(ground);
      if (this.followUp === 'new') {
        const unrelated = this.judge(ground);
        if (unrelated) return yield this.refuse(unrelated);
      }
      if (this.followUp === 'rewritten') yield this.showSql(this.checked[0]?.sql ?? '');
      else yield* this.writeCandidates(turn, ground);
    } finally {
      turn.release();
    }
    yield* this.execute(ground.database);
    yield* this.repair(ground);
    const settings = await this.readSettings();
    yield this.finish(buildAnswer({ question, hints: ground.hints }, this.checked, settings));
  }

  private judge({ schema, hints }: Ground): NotAnswerable | undefined {
    return this.mayRefuse() ? judgeAnswerable(schema, this.input.question, hints) : undefined;
  }

  /**
   * Models that write SQL as text get the earlier turns in their prompt. Those that write sketches were trained on single
   * questions: an elliptical follow-up is made a change of the earlier statement by rules, if PostgreSQL plans what comes
   * out; everything else is asked as a question of its own.
   */
  private async startFollowUp(ground: Ground): Promise<void> {
    const { question, previous = [] } = this.input;
    const last = previous.at(-1);
    if (!last) return;
    this.followUp = this.writesSketches ? 'new' : 'prompted';
    if (!this.writesSketches) return;
    const { schema, hints, database } = ground;
    const input = { schema, sql: last.sql, question, hints };
    const proven = await this.record.time('checkMs', () =>
      proveFollowUp(database, input, this.context.signal),
    );
    if (!proven) return;
    const allowed = await refuseLeftOut(proven, ground.whole, this.input.tables);
    if (allowed.outcome === 'refused') return;
    this.followUp = 'rewritten';
    this.checked = [proven];
  }

  /** An error goes back once with PostgreSQL's message, to a model that can read it. */
  private async *repair(ground: Ground): AsyncGenerator<AskEvent> {
    const [failed] = this.checked;
    const isBroken = this.checked.every(({ outcome }) => outcome === 'invalid' || outcome === 'failed');
    if (this.writesSketches || !this.mayVote() || !failed?.message || !isBroken) return;
    const { sql, message } = failed;
    const turn = await this.record.time('modelMs', () =>
      this.deps.models.acquire(this.modelFile, this.context.signal),
    );
    const before = this.checked.length;
    try {
      yield* this.writeCandidates(turn, ground, { sql, message });
    } finally {
      turn.release();
    }
    if (this.checked.slice(before).some(({ outcome }) => outcome === 'not-run'))
      this.repaired = { sql, message };
    yield* this.execute(ground.database);
  }

  /** Measuring a decoding means taking whatever it writes. */
  private mayVote(): boolean {
    return (this.input.decoding ?? 'voted') === 'voted';
  }

  private mayRefuse(): boolean {
    return !this.input.tryAnyway && this.mayVote();
  }

  /** The calibration holds for as many candidates as it was fitted with, all of the model's own. */
  private async readSettings(): Promise<VoteSettings> {
    const { weights, calibration } = await readVoteSettings(this.modelFile);
    const isOther = this.repaired !== undefined || this.followUp === 'rewritten';
    const holds = !isOther && calibration?.provenance.candidates === this.countWanted().valid;
    return holds ? { weights, calibration } : { weights };
  }

  private async *readGround(): AsyncGenerator<AskEvent, Ground> {
    const { deps, input, context } = this;
    yield { kind: 'stage', stage: 'schema' };
    // Beside the schema's reading; what goes wrong here goes wrong again, and is told, at `acquire`.
    if (deps.models.stateOf(this.modelFile) === 'unloaded')
      deps.models.preload(this.modelFile, context.signal).catch(() => undefined);
    return await this.record.time('schemaMs', async () => {
      const database = await deps.openDatabase(input.connectionId, context);
      const whole = await deps.readSchema(input.connectionId, context);
      const schema = narrowSchema(whole, input.tables ?? {});
      const hints = (await deps.readHints?.(input.connectionId, input.question, context)) ?? [];
      return { database, whole, schema, hints: narrowHints(whole, schema, hints) };
    });
  }

  /** One candidate, or those behind it while none is valid; or all that shall vote. */
  private async *writeCandidates(
    { model }: ModelTurn,
    ground: Ground,
    failed?: FailedStatement,
  ): AsyncGenerator<AskEvent> {
    const { schema, hints } = ground;
    const { question, previous, decoding, tables = {} } = this.input;
    const { signal } = this.context;
    const wanted = failed ? { valid: 1, most: 1 } : this.countWanted();
    yield { kind: 'stage', stage: 'prompt' };
    const maxCandidates = wanted.most;
    const needed = includedWords(schema, tables);
    const input = {
      model,
      schema,
      question,
      hints,
      needed,
      maxCandidates,
      decoding,
      previous,
      failed,
      signal,
    };
    for await (const event of generate(input)) {
      if (event.kind === 'prompt') {
        this.record.timings.promptMs = event.promptMs;
        const linked = describeLinking(schema, question, hints, event.tables);
        yield { kind: 'prompt', text: event.text, tokens: event.tokenCount, ...linked };
        yield { kind: 'stage', stage: 'generating' };
      } else if (event.kind === 'sql') {
        yield this.showSql(event.sql);
      } else {
        this.record.timings.generateMs += event.candidate.ms;
        if (this.checked.length === 0) yield { kind: 'stage', stage: 'checking' };
        const checked = await this.record.time('checkMs', () => this.check(event.candidate, ground));
        if (!this.hasValid()) yield this.showSql(checked.sql);
        this.checked.push(checked);
        if (wanted.valid === 1 && checked.outcome === 'not-run') return;
      }
    }
  }

  private async check(candidate: WrittenCandidate, { database, whole }: Ground): Promise<CheckedCandidate> {
    const checked = await checkCandidate(database, candidate, this.context.signal);
    return refuseLeftOut(checked, whole, this.input.tables);
  }

  /**
   * How many valid statements are wanted, and how many may be written for it. A model that writes sketches cannot read
   * PostgreSQL's message: the next candidate of its search is the repair of one that was refused.
   */
  private countWanted(): { valid: number; most: number } {
    const { candidates, decoding = 'voted' } = this.input;
    if (decoding !== 'voted') return { valid: 1, most: 1 };
    const valid = candidates ?? (this.writesSketches ? sketchCandidates : textCandidates);
    return { valid, most: valid > 1 ? valid : fallbackCandidates };
  }

  private async *execute(database: QueryDatabase): AsyncGenerator<AskEvent> {
    if (!this.input.execute || !this.hasValid()) return;
    yield { kind: 'stage', stage: 'executing' };
    const { timeoutMs, maxRows } = this.input;
    this.checked = await this.record.time('executeMs', () =>
      runCandidates(database, this.checked, { timeoutMs, maxRows }, this.context.signal),
    );
  }

  private finish(voted: VotedAnswer & Pick<Answer, 'notAnswerable'>): AskEvent {
    const { question } = this.input;
    const { followUp, repaired } = this;
    const answer: Answer = {
      question,
      ...voted,
      followUp,
      repaired,
      timingsMs: this.record.finish(),
      model: this.record.model,
      ...(this.ignoredAdapter && { ignoredAdapter: this.ignoredAdapter }),
    };
    const historyId = this.record.keep(answer);
    return { kind: 'answer', answer: historyId === undefined ? answer : { ...answer, historyId } };
  }

  private refuse(notAnswerable: NotAnswerable): AskEvent {
    const nothing = { candidates: [], alternatives: [], confidence: 0, calibrated: false, agreement: 0 };
    const explained = explainNotAnswerable(notAnswerable);
    return this.finish({ sql: '', outcome: 'not-answerable', ...explained, ...nothing, notAnswerable });
  }

  private showSql(sql: string): AskEvent {
    this.record.latestSql = sql;
    return { kind: 'sql', sql };
  }

  private hasValid(): boolean {
    return this.checked.some(({ outcome }) => outcome === 'not-run');
  }
}
