import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useReducer, useRef } from 'react';
import {
  defaultMaxRows,
  type AskTab,
  type CallOptions,
  type Candidate,
  type Feedback,
  type HistoryEntry,
  type TableScope,
  type Turn,
} from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';
import { readPreferences } from '../../lib/preferences.ts';
import { queryKeys } from '../../lib/queries.ts';
import type { ThreadTurn } from './conversation/thread.ts';
import { previousOf } from './conversation/turns.ts';
import { emptyAskState, historyIdOf, reduceAsk } from './ask-state.ts';
import { cancelledProblem, problemFromError } from './problem.ts';

/** What is typed in a tab. */
type Draft = Pick<AskTab, 'question' | 'sql' | 'source'>;

export interface AskOptions {
  /** Turns that the question follows up on. */
  previous?: Turn[];
  /** Offer a statement even where the database cannot answer. */
  tryAnyway?: boolean;
}

/** The state of the Ask page and what can be done with it; one thing runs at a time. */
export function useAsk(
  tab: AskTab,
  connectionId: string | undefined,
  onChange: (id: string, draft: Draft) => void,
) {
  const core = useCore();
  const cache = useQueryClient();
  const [state, dispatch] = useReducer(reduceAsk, tab, ({ question, sql, source }) => ({
    ...emptyAskState,
    question,
    sql,
    source,
  }));
  const { question, sql, source } = state;
  const running = useRef<{ controller: AbortController; startedAt: number }>(undefined);

  const refreshHistory = () => void cache.invalidateQueries({ queryKey: queryKeys.histories });

  /** A cancelled call rejects before the core has written it down, so its end refreshes the history once more. */
  function optionsOf({ signal }: AbortController): CallOptions {
    return { signal, onEnded: () => void (signal.aborted && refreshHistory()) };
  }

  function begin(): AbortController {
    running.current?.controller.abort();
    const controller = new AbortController();
    running.current = { controller, startedAt: performance.now() };
    return controller;
  }

  /** Runs one piece of work; what comes after a cancel or a newer piece of work is dropped. */
  async function attempt(work: (controller: AbortController) => Promise<void>): Promise<void> {
    const controller = begin();
    const startedAt = performance.now();
    try {
      await work(controller);
    } catch (error) {
      if (controller.signal.aborted) return;
      dispatch({ type: 'failed', problem: problemFromError(error, performance.now() - startedAt) });
    } finally {
      if (running.current?.controller === controller) running.current = undefined;
      refreshHistory();
    }
  }

  async function ask(text: string, execute: boolean, options: AskOptions = {}): Promise<void> {
    const asked = text.trim();
    if (connectionId === undefined || asked === '') return;
    await attempt(async (controller) => {
      dispatch({ type: 'ask-started', question: text, at: performance.now() });
      const { previous = [], tryAnyway } = options;
      const input = {
        ...{ connectionId, question: asked, execute, ...readPreferences().limits },
        ...(previous.length > 0 ? { previous } : {}),
        ...(tryAnyway ? { tryAnyway } : {}),
        ...(isScoped(state.scope) ? { tables: state.scope } : {}),
      };
      for await (const event of core['generation.ask'](input, optionsOf(controller))) {
        if (controller.signal.aborted) return;
        dispatch({ type: 'event', event, at: performance.now() });
      }
    });
  }

  async function run(maxRows = readPreferences().limits?.maxRows ?? defaultMaxRows): Promise<void> {
    await runStatement(sql, historyIdOf(state), maxRows);
  }

  async function runStatement(sql: string, historyId: string | undefined, maxRows: number): Promise<void> {
    if (connectionId === undefined || sql.trim() === '') return;
    await attempt(async (controller) => {
      dispatch({ type: 'query-started', at: performance.now() });
      const { timeoutMs } = readPreferences().limits ?? {};
      const input = {
        ...{ connectionId, sql, maxRows },
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(historyId === undefined ? {} : { historyId }),
      };
      const result = await core['postgres.query'](input, optionsOf(controller));
      if (!controller.signal.aborted) dispatch({ type: 'rows-came', result, sql });
    });
  }

  /** The user's word for it is kept with the answer; where that fails, only the word is lost. */
  function giveFeedback(changes: Feedback): void {
    const feedback = { ...state.feedback, ...changes };
    dispatch({ type: 'feedback-given', feedback });
    const id = state.origin?.historyId;
    if (id === undefined) return;
    core['history.giveFeedback']({ id, feedback }).then(refreshHistory, () => undefined);
  }

  function pickAlternative(isTaken: boolean): void {
    const { answer } = state;
    const [other] = answer?.alternatives ?? [];
    if (!answer || !other) return;
    dispatch({ type: isTaken ? 'alternative-chosen' : 'alternative-left' });
    const [sql, over] = isTaken ? [other.sql, answer.sql] : [answer.sql, other.sql];
    giveFeedback({ picked: { sql, over } });
  }

  /** Its rows come at once where they are here, else by running it. */
  async function takeCandidate({ sql: taken }: Candidate): Promise<void> {
    const over = state.sql;
    const isHere = state.answer?.alternatives[0]?.sql === taken;
    dispatch({ type: 'candidate-chosen', sql: taken });
    giveFeedback({ picked: { sql: taken, over } });
    if (!isHere) await runStatement(taken, state.origin?.historyId, defaultMaxRows);
  }

  function cancel(): void {
    const work = running.current;
    if (!work) return;
    running.current = undefined;
    work.controller.abort();
    dispatch({ type: 'failed', problem: cancelledProblem(performance.now() - work.startedAt) });
  }

  const opened = useRef(connectionId);
  useEffect(() => {
    if (opened.current === connectionId) return;
    // The connections were read: the tab's own database is no change of it.
    const isFirst = opened.current === undefined;
    opened.current = connectionId;
    if (isFirst) return;
    running.current?.controller.abort();
    running.current = undefined;
    dispatch({ type: 'database-changed' });
  }, [connectionId]);

  useEffect(() => () => running.current?.controller.abort(), []);

  const kept = useRef<Draft>(tab);
  useEffect(() => {
    const before = kept.current;
    if (before.question === question && before.sql === sql && before.source === source) return;
    kept.current = { question, sql, source };
    onChange(tab.id, kept.current);
  }, [tab.id, question, sql, source, onChange]);

  return {
    state,
    ask,
    run,
    cancel,
    typeQuestion: (text: string) => dispatch({ type: 'question-typed', question: text }),
    typeSql: (text: string) => dispatch({ type: 'sql-typed', sql: text }),
    /** The turns that a question follows up on, if it does. */
    previousOf: (text: string) => previousOf(state, text),
    leaveFollowUp: () => dispatch({ type: 'follow-up-left' }),
    pickAlternative,
    takeCandidate,
    giveFeedback,
    acceptRepair: (repaired: string) => dispatch({ type: 'repaired', sql: repaired }),
    openExample: (example: { question: string; sql: string }) =>
      dispatch({ type: 'example-opened', question: example.question, sql: example.sql }),
    showTurn: (turn: ThreadTurn) => dispatch({ type: 'turn-chosen', turn }),
    beginAnew: () => dispatch({ type: 'conversation-begun' }),
    chooseScope: (scope: TableScope) => dispatch({ type: 'scope-chosen', scope }),
    restore: (entry: HistoryEntry) => dispatch({ type: 'restored', entry }),
  };
}

/** Whether any table was taken in or left out. */
export function isScoped({ include = [], exclude = [] }: TableScope): boolean {
  return include.length > 0 || exclude.length > 0;
}
