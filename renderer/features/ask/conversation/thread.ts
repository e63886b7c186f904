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

/** As much of a statement as fits into a line. */
export function asOneLine(sql: string): string {
  return sql.trim().replaceAll(/\s+/g, ' ');
}
