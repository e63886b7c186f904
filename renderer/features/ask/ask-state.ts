import type {
  Answer,
  AskEvent,
  Feedback,
  HistoryEntry,
  QueryResult,
  SqlSource,
  TableScope,
  Turn,
} from '../../../core/contract/index.ts';
import { appendTurn, turnOfAnswer, turnOfEntry, updateTurn, type ThreadTurn } from './conversation/thread.ts';
import {
  chooseAlternative,
  chooseCandidate,
  nextResultId,
  toTurns,
  turnsAfter,
} from './conversation/turns.ts';
import { isVersion } from './is-version.ts';
import { problemFromAnswer, type Problem } from './problem.ts';

/** What the model was given. */
export type Prompt = Omit<Extract<AskEvent, { kind: 'prompt' }>, 'kind'>;

export type Stage = Extract<AskEvent, { kind: 'stage' }>['stage'];

/** What is under way. `startedAt` is from performance.now(). */
export interface Work {
  kind: 'ask' | 'query';
  stage: Stage | 'starting';
  startedAt: number;
}

export interface ShownResult {
  value: QueryResult;
  /** The statement that gave it. */
  sql: string;
  /** From asking to the last row; absent for a statement run by hand. */
  answeredInMs?: number;
  /** Tells results apart. */
  id: number;
}

export interface AskState {
  question: string;
  sql: string;
  source: SqlSource;
  /** The history's row that the statement came from, and the statement as it was there. */
  origin?: { historyId: string; sql: string } | undefined;
  work?: Work | undefined;
  prompt?: Prompt | undefined;
  answer?: Answer | undefined;
  result?: ShownResult | undefined;
  problem?: Problem | undefined;
  /** What a retry repeats. */
  last?: Work['kind'] | undefined;
  /** The statement was proposed and waits to be run. */
  proposed: boolean;
  /** The conversation so far, oldest first; the next question may follow up on its last turn. */
  turns: Turn[];
  /** All turns of the conversation, to be shown and brought back; those of other questions too. */
  thread: ThreadTurn[];
  /** The turn whose statement is on show. */
  shownTurn?: number | undefined;
  /** Tables to take in or leave out, until a new conversation. */
  scope: TableScope;
  /** What the user said of the answer on show. */
  feedback?: Feedback | undefined;
}

export type AskAction =
  | { type: 'question-typed'; question: string }
  | { type: 'sql-typed'; sql: string }
  | { type: 'ask-started'; question: string; at: number }
  | { type: 'query-started'; at: number }
  | { type: 'event'; event: AskEvent; at: number }
  | { type: 'rows-came'; result: QueryResult; sql: string }
  | { type: 'failed'; problem: Problem }
  /** Shows the second result in place of the first, which becomes the other one. */
  | { type: 'alternative-chosen' }
  /** The first result stays, the second one goes. */
  | { type: 'alternative-left' }
  /** Another statement in place of the answer's, to be run. */
  | { type: 'candidate-chosen'; sql: string }
  /** A repaired statement in place of the one that was refused; it waits to be run. */
  | { type: 'repaired'; sql: string }
  | { type: 'example-opened'; question: string; sql: string }
  | { type: 'turn-chosen'; turn: ThreadTurn }
  | { type: 'conversation-begun' }
  | { type: 'scope-chosen'; scope: TableScope }
  | { type: 'feedback-given'; feedback: Feedback }
  | { type: 'follow-up-left' }
  | { type: 'restored'; entry: HistoryEntry }
  /** What is typed stays. */
  | { type: 'database-changed' };

export const emptyAskState: AskState = {
  question: '',
  sql: '',
  source: { kind: 'none' },
  proposed: false,
  turns: [],
  thread: [],
  scope: {},
};

export function reduceAsk(state: AskState, action: AskAction): AskState {
  switch (action.type) {
    case 'question-typed':
      return { ...state, question: action.question };
    case 'sql-typed': {
      const source = sourceAfterEdit(state, action.sql);
      // What was written from nothing is no later version of the row's statement.
      const origin = source.kind === 'none' ? undefined : state.origin;
      return { ...state, sql: action.sql, source, origin, problem: unmark(state) };
    }
    case 'ask-started':
      return {
        ...emptyAskState,
        question: action.question,
        turns: state.turns,
        thread: state.thread,
        scope: state.scope,
        last: 'ask',
        work: { kind: 'ask', stage: 'starting', startedAt: action.at },
      };
    case 'query-started':
      return {
        ...state,
        proposed: false,
        problem: undefined,
        last: 'query',
        work: { kind: 'query', stage: 'executing', startedAt: action.at },
      };
    case 'event':
      return reduceEvent(state, action.event, action.at);
    case 'rows-came':
      return {
        ...state,
        work: undefined,
        result: { value: action.result, sql: action.sql, id: nextResultId() },
        thread: updateTurn(state.thread, state.shownTurn, action.sql, action.result),
      };
    case 'failed':
      return { ...state, work: undefined, result: undefined, problem: action.problem };
    case 'alternative-chosen':
      return chooseAlternative(state);
    case 'alternative-left':
      return { ...state, answer: state.answer && { ...state.answer, alternatives: [] } };
    case 'candidate-chosen':
      return chooseCandidate(state, action.sql);
    case 'repaired':
      return {
        ...state,
        ...{ sql: action.sql, source: sourceAfterEdit(state, action.sql) },
        ...{ problem: undefined, result: undefined, proposed: true },
      };
    case 'example-opened':
      return {
        ...emptyAskState,
        ...{ question: action.question, sql: action.sql, source: { kind: 'history' } },
        turns: toTurns(action.question, action.sql),
      };
    case 'turn-chosen':
      return showTurn(state, action.turn);
    case 'conversation-begun':
      return emptyAskState;
    case 'scope-chosen':
      return { ...state, scope: action.scope };
    case 'feedback-given':
      return { ...state, feedback: action.feedback };
    case 'follow-up-left':
      return { ...state, turns: [] };
    case 'restored': {
      const thread = turnOfEntry(action.entry);
      return {
        ...emptyAskState,
        thread,
        shownTurn: thread[0]?.id,
        feedback: action.entry.feedback,
        question: action.entry.question ?? '',
        sql: action.entry.sql,
        source: { kind: 'history' },
        origin: { historyId: action.entry.id, sql: action.entry.sql },
        turns: toTurns(action.entry.question, action.entry.sql),
      };
    }
    case 'database-changed':
      return { ...emptyAskState, question: state.question, sql: state.sql, source: state.source };
  }
}

function reduceEvent(state: AskState, event: AskEvent, at: number): AskState {
  const work = state.work;
  switch (event.kind) {
    case 'stage':
      return work ? { ...state, work: { ...work, stage: event.stage } } : state;
    case 'prompt':
      return { ...state, prompt: event };
    case 'sql':
      return { ...state, sql: event.sql };
    case 'answer':
      return finish(state, event.answer, at - (work?.startedAt ?? at));
  }
}

function finish(state: AskState, answer: Answer, elapsedMs: number): AskState {
  const sql = answer.sql || state.sql;
  const turn = turnOfAnswer(answer);
  return {
    ...state,
    thread: appendTurn(state.thread, turn),
    shownTurn: turn.id,
    feedback: undefined,
    work: undefined,
    answer,
    sql,
    source: sql ? { kind: 'model', model: answer.model } : { kind: 'none' },
    origin: answer.historyId === undefined ? undefined : { historyId: answer.historyId, sql },
    proposed: answer.outcome === 'not-run',
    turns: turnsAfter(state, answer),
    problem: problemFromAnswer(answer, elapsedMs),
    result: answer.result && { value: answer.result, sql, answeredInMs: elapsedMs, id: nextResultId() },
  };
}

/** The turn's question and statement as they stood then; the next question may follow up on it. Its rows come by running it. */
function showTurn({ thread, scope }: AskState, turn: ThreadTurn): AskState {
  const { id, question, sql, historyId } = turn;
  return {
    ...emptyAskState,
    ...{ question, sql, thread, scope, shownTurn: id },
    source: sql === '' ? { kind: 'none' } : { kind: 'history' },
    origin: historyId === undefined ? undefined : { historyId, sql },
    turns: toTurns(question, sql),
  };
}

function sourceAfterEdit(state: AskState, sql: string): SqlSource {
  if (sql.trim() === '') return { kind: 'none' };
  if (state.origin) return { kind: isVersion(sql, state.origin.sql) ? 'edited' : 'typed' };
  return state.source.kind === 'none' || state.source.kind === 'typed'
    ? { kind: 'typed' }
    : { kind: 'edited' };
}

/** The history's row that the statement is a version of, if it is one of any. */
export function historyIdOf({ source, origin }: AskState): string | undefined {
  return source.kind === 'typed' ? undefined : origin?.historyId;
}

/** Once the text changes, a place named in the old one means nothing. */
function unmark({ problem }: AskState): Problem | undefined {
  return problem && { ...problem, errorOffset: undefined };
}
