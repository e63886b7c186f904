import type { Answer, HistoryEntry, Outcome, QueryResult } from '../../../../core/contract/index.ts';
import { isVersion } from '../is-version.ts';

/** A question of the conversation and what became of it, without its rows. */
export interface ThreadTurn {
  id: number;
  question: string;
  sql: string;
  outcome: Outcome;
  rowCount?: number | undefined;
  truncated?: boolean | undefined;
  historyId?: string | undefined;
}

/** Older turns go; the history still has them. */
const mostShown = 50;

let turnCount = 0;

export function turnOfAnswer({ question, sql, outcome, result, historyId }: Answer): ThreadTurn {
  const rows = { rowCount: result?.rowCount, truncated: result?.truncated };
  return { id: ++turnCount, question, sql, outcome, historyId, ...rows };
}

export function turnOfEntry({ id, question, sql, outcome, rowCount }: HistoryEntry): ThreadTurn[] {
  return question === undefined ? [] : [{ id: ++turnCount, question, sql, outcome, rowCount, historyId: id }];
}

export function appendTurn(thread: readonly ThreadTurn[], turn: ThreadTurn): ThreadTurn[] {
  return [...thread, turn].slice(-mostShown);
}

/** What was run by hand belongs to the turn on show, where it is a version of that turn's statement. */
export function updateTurn(
  thread: readonly ThreadTurn[],
  id: number | undefined,
  sql: string,
  { rowCount, truncated }: QueryResult,
): ThreadTurn[] {
  return thread.map((turn) =>
    turn.id === id && isVersion(sql, turn.sql)
      ? { ...turn, sql, outcome: 'succeeded', rowCount, truncated }
      : turn,
  );
}

export function replaceSql(
  thread: readonly ThreadTurn[],
  id: number | undefined,
  sql: string,
  rows: { rowCount: number; truncated: boolean },
): ThreadTurn[] {
  return thread.map((turn) => (turn.id === id ? { ...turn, sql, outcome: 'succeeded', ...rows } : turn));
}

/** A statement's first line; a lone SELECT with what it selects. */
export function firstLine(sql: string): string {
  const lines = sql.split('\n').map((line) => line.trim());
  const [first = '', second = ''] = lines.filter(Boolean);
  return first.length < 12 ? `${first} ${second}`.trim() : first;
}
