import type { Answer, AskEvent, HistoryEntry, QueryResult } from '../../../core/contract/index.ts';
import { isVersion } from './is-version.ts';
import type { Draft } from './kept-draft.ts';
import { problemFromAnswer, type Problem } from './problem.ts';

export type Stage = Extract<AskEvent, { kind: 'stage' }>['stage'];

/** What is under way. `startedAt` is from performance.now(). */
export interface Work {
  kind: 'ask' | 'query';
  stage: Stage | 'starting';
  startedAt: number;
}

export type SqlSource =
  | { kind: 'none' }
  | { kind: 'model'; model: string }
  | { kind: 'edited' }
  | { kind: 'typed' }
  | { kind: 'history' };

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
  prompt?: { text: string; tokens: number } | undefined;
  answer?: Answer | undefined;
  result?: ShownResult | undefined;
  problem?: Problem | undefined;
  /** What a retry repeats. */
  last?: Work['kind'] | undefined;
  /** The statement was proposed and waits to be run. */
  proposed: boolean;
}

export type AskAction =
  | { type: 'question-typed'; question: string }
  | { type: 'sql-typed'; sql: string }
  | { type: 'ask-started'; question: string; at: number }
  | { type: 'query-started'; at: number }
  | { type: 'event'; event: AskEvent; at: number }
  | { type: 'rows-came'; result: QueryResult; sql: string }
  | { type: 'failed'; problem: Problem }
  | { type: 'restored'; entry: HistoryEntry }
  /** `draft` is what was kept for the database; it is taken where nothing is written yet. */
  | { type: 'database-changed'; draft?: Draft | undefined };

export const emptyAskState: AskState = { question: '', sql: '', source: { kind: 'none' }, proposed: false };

let resultCount = 0;

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
        result: { value: action.result, sql: action.sql, id: ++resultCount },
      };
    case 'failed':
      return { ...state, work: undefined, result: undefined, problem: action.problem };
    case 'restored':
      return {
        ...emptyAskState,
        question: action.entry.question ?? '',
        sql: action.entry.sql,
        source: { kind: 'history' },
        origin: { historyId: action.entry.id, sql: action.entry.sql },
      };
    case 'database-changed':
      return { ...emptyAskState, ...draftFor(state, action.draft) };
  }
}

function reduceEvent(state: AskState, event: AskEvent, at: number): AskState {
  const work = state.work;
  switch (event.kind) {
    case 'stage':
      return work ? { ...state, work: { ...work, stage: event.stage } } : state;
    case 'prompt':
      return { ...state, prompt: { text: event.text, tokens: event.tokens } };
    case 'sql':
      return { ...state, sql: event.sql };
    case 'answer':
      return finish(state, event.answer, at - (work?.startedAt ?? at));
  }
}

function finish(state: AskState, answer: Answer, elapsedMs: number): AskState {
  const sql = answer.sql || state.sql;
  return {
    ...state,
    work: undefined,
    answer,
    sql,
    source: sql ? { kind: 'model', model: answer.model } : { kind: 'none' },
    origin: answer.historyId === undefined ? undefined : { historyId: answer.historyId, sql },
    proposed: answer.outcome === 'not-run',
    problem: problemFromAnswer(answer, elapsedMs),
    result: answer.result && { value: answer.result, sql, answeredInMs: elapsedMs, id: ++resultCount },
  };
}

function draftFor({ question, sql, source }: AskState, kept: Draft | undefined): Draft {
  const empty = question.trim() === '' && sql.trim() === '';
  return empty && kept ? kept : { question, sql, source };
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
