import type { Answer, Turn } from '../../../../core/contract/index.ts';
import type { AskState } from '../ask-state.ts';
import { replaceSql } from './thread.ts';

/** The contract's own limit. */
const mostTurns = 8;

let resultCount = 0;

/** Tells results apart. */
export function nextResultId(): number {
  return (resultCount += 1);
}

/** A question of its own begins a conversation; a follow-up goes on with the one before. */
export function turnsAfter({ turns }: AskState, answer: Answer): Turn[] {
  const goesOn = answer.followUp === 'rewritten' || answer.followUp === 'prompted';
  const own = toTurns(answer.question, answer.sql);
  return own.length === 0 ? turns : [...(goesOn ? turns : []), ...own].slice(-mostTurns);
}

export function toTurns(question: string | undefined, sql: string): Turn[] {
  return question === undefined || sql.trim() === '' ? [] : [{ question, sql }];
}

/**
 * The turns that a question follows up on: the last one with its statement as it stands in the editor now. None for the
 * same question again.
 */
export function previousOf({ turns, sql }: AskState, question: string): Turn[] {
  const last = turns.at(-1);
  if (!last || question.trim() === '' || question.trim() === last.question.trim()) return [];
  return [...turns.slice(0, -1), { ...last, sql: sql.trim() === '' ? last.sql : sql }];
}

export function chooseAlternative(state: AskState): AskState {
  const { answer } = state;
  const [other] = answer?.alternatives ?? [];
  if (!answer?.result || !other) return state;
  const former = { sql: answer.sql, result: answer.result, share: answer.agreement };
  const { sql, result, share } = other;
  const chosen: Answer = {
    ...answer,
    ...{ sql, result, agreement: share, confidence: share, calibrated: false },
    alternatives: [former],
  };
  return {
    ...state,
    sql,
    answer: chosen,
    origin: state.origin && { ...state.origin, sql },
    result: { value: result, sql, answeredInMs: state.result?.answeredInMs, id: nextResultId() },
    turns: [...state.turns.slice(0, -1), ...toTurns(answer.question, sql)],
    thread: replaceSql(state.thread, state.shownTurn, sql, result),
  };
}

export function chooseCandidate(state: AskState, sql: string): AskState {
  const { answer } = state;
  if (!answer) return state;
  if (answer.alternatives[0]?.sql === sql) return chooseAlternative(state);
  return {
    ...state,
    sql,
    source: { kind: 'model', model: answer.model },
    origin: state.origin && { ...state.origin, sql },
    turns: [...state.turns.slice(0, -1), ...toTurns(answer.question, sql)],
    thread: state.thread.map((turn) => (turn.id === state.shownTurn ? { ...turn, sql } : turn)),
  };
}
