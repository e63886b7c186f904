import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useReducer, useRef } from 'react';
import { defaultMaxRows, type HistoryEntry } from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';
import { queryKeys } from '../../lib/queries.ts';
import { emptyAskState, reduceAsk } from './ask-state.ts';
import { cancelledProblem, problemFromError } from './problem.ts';

/** The state of the Ask page and what can be done with it; one thing runs at a time. */
export function useAsk(connectionId: string | undefined) {
  const core = useCore();
  const cache = useQueryClient();
  const [state, dispatch] = useReducer(reduceAsk, emptyAskState);
  const running = useRef<{ controller: AbortController; startedAt: number }>(undefined);

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
      void cache.invalidateQueries({ queryKey: queryKeys.histories });
    }
  }

  async function ask(question: string, execute: boolean): Promise<void> {
    const asked = question.trim();
    if (connectionId === undefined || asked === '') return;
    await attempt(async ({ signal }) => {
      dispatch({ type: 'ask-started', question, at: performance.now() });
      for await (const event of core['generation.ask'](
        { connectionId, question: asked, execute },
        { signal },
      )) {
        if (signal.aborted) return;
        dispatch({ type: 'event', event, at: performance.now() });
      }
    });
  }

  async function run(maxRows = defaultMaxRows): Promise<void> {
    const { sql, historyId } = state;
    if (connectionId === undefined || sql.trim() === '') return;
    await attempt(async ({ signal }) => {
      dispatch({ type: 'query-started', at: performance.now() });
      const input = { connectionId, sql, maxRows, ...(historyId === undefined ? {} : { historyId }) };
      const result = await core['postgres.query'](input, { signal });
      if (!signal.aborted) dispatch({ type: 'rows-came', result, sql });
    });
  }

  function cancel(): void {
    const work = running.current;
    if (!work) return;
    running.current = undefined;
    work.controller.abort();
    dispatch({ type: 'failed', problem: cancelledProblem(performance.now() - work.startedAt) });
  }

  useEffect(() => {
    running.current?.controller.abort();
    running.current = undefined;
    dispatch({ type: 'database-changed' });
  }, [connectionId]);

  return {
    state,
    ask,
    run,
    cancel,
    typeQuestion: (question: string) => dispatch({ type: 'question-typed', question }),
    typeSql: (sql: string) => dispatch({ type: 'sql-typed', sql }),
    restore: (entry: HistoryEntry) => dispatch({ type: 'restored', entry }),
  };
}
