import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import {
  AppError,
  type CloseReason,
  type QueryResult,
  type ResultSort,
} from '../../../../core/contract/index.ts';
import { wholeRows, type GridRows } from '../../../components/data-grid/grid-rows.ts';
import { sortRows } from '../../../components/data-grid/sort-rows.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { createPagedRows, pageRows, type PagedRows } from './paged-rows.ts';

/** Where the rows on show come from. */
export type Reading =
  /** The rows that came with the answer. */
  | { kind: 'first' }
  | { kind: 'opening' }
  | { kind: 'open' }
  /** No more can be read; the rows that are here stay. */
  | { kind: 'closed'; reason: CloseReason; message: string };

export interface ReadOn {
  rows: GridRows;
  reading: Reading;
  /** How many rows there are, once that is known. */
  total: number | undefined;
  /** How many there are at least. */
  known: number;
  /** How many were counted so far, while that goes on. */
  counting: number | undefined;
  sort: ResultSort | undefined;
  sortBy(sort: ResultSort | undefined): void;
  count(): void;
  stopCounting(): void;
  /** Opens it anew after it was closed. */
  runAgain(): void;
}

interface ReadOnOptions {
  connectionId: string | undefined;
  sql: string;
  origin: 'user' | 'model';
  result: QueryResult;
}

interface OpenedResult {
  resultId: string;
  paged: PagedRows;
}

/**
 * The rows of a result, all of them: the first ones at once; where there are more, the statement runs again as a cursor
 * as soon as somebody scrolls to the end, sorts or counts. Mount it anew for another result.
 */
export function useReadOn({ connectionId, sql, origin, result }: ReadOnOptions): ReadOn {
  const core = useCore();
  const [reading, setReading] = useState<Reading>({ kind: 'first' });
  const [opened, setOpened] = useState<OpenedResult>();
  const [sort, setSort] = useState<ResultSort>();
  const [counting, setCounting] = useState<number>();
  const running = useRef<AbortController>(undefined);
  const counter = useRef<AbortController>(undefined);
  /** A second wish to open while one is being opened waits for that one. */
  const opening = useRef<Promise<OpenedResult | undefined>>(undefined);

  const open = useCallback(
    (wish: ResultSort | undefined): Promise<OpenedResult | undefined> => {
      running.current?.abort();
      counter.current?.abort();
      if (connectionId === undefined) return Promise.resolve(undefined);
      const controller = new AbortController();
      running.current = controller;
      const { promise, resolve } = Promise.withResolvers<OpenedResult | undefined>();
      opening.current = promise;
      setReading({ kind: 'opening' });
      const statement = { connectionId, sql, origin, ...(wish ? { sort: wish } : {}), limit: pageRows };
      void (async () => {
        try {
          const events = core['postgres.openResult'](statement, { signal: controller.signal });
          for await (const event of events) {
            if (controller.signal.aborted) return;
            if (event.kind === 'closed')
              setReading({ kind: 'closed', reason: event.reason, message: event.message });
            else {
              const { resultId } = event;
              const paged = createPagedRows(
                (offset, limit) => core['postgres.fetchRows']({ resultId, offset, limit }),
                event,
              );
              setOpened({ resultId, paged });
              setReading({ kind: 'open' });
              resolve({ resultId, paged });
            }
          }
        } catch (error) {
          if (!controller.signal.aborted) setReading(closedBy(error));
        } finally {
          resolve(undefined);
        }
      })();
      return promise;
    },
    [core, connectionId, sql, origin],
  );

  useEffect(
    () => () => {
      running.current?.abort();
      counter.current?.abort();
    },
    [],
  );

  const firstRows = useMemo((): GridRows => {
    const sorted = result.truncated ? result.rows : sortRows(result.rows, result.columns, sort);
    const rows = wholeRows(sorted);
    if (!result.truncated) return rows;
    return {
      ...rows,
      count: sorted.length + pageRows,
      show: (_from, to) => {
        if (to > sorted.length) void (opening.current ?? open(undefined));
      },
    };
  }, [result, sort, open]);
  const paged = opened?.paged;
  const rows = useSyncExternalStore(paged?.subscribe ?? subscribeNothing, () => paged?.view() ?? firstRows);

  async function count(): Promise<void> {
    const target = opened ?? (await (opening.current ?? open(sort)));
    if (!target) return;
    const controller = new AbortController();
    counter.current = controller;
    setCounting(target.paged.known());
    try {
      const { resultId } = target;
      for await (const step of core['postgres.countRows']({ resultId }, { signal: controller.signal })) {
        if (controller.signal.aborted) break;
        target.paged.learn(step.counted, step.isTotal);
        setCounting(step.counted);
      }
    } catch (error) {
      if (!controller.signal.aborted) setReading(closedBy(error));
    } finally {
      if (counter.current === controller) setCounting(undefined);
    }
  }

  return {
    rows,
    reading,
    total: paged ? paged.total() : result.truncated ? undefined : result.rowCount,
    known: paged ? paged.known() : result.rowCount,
    counting,
    sort,
    sortBy(next) {
      setSort(next);
      if (result.truncated) void open(next);
    },
    count: () => void count(),
    stopCounting() {
      counter.current?.abort();
      setCounting(undefined);
    },
    runAgain: () => void open(sort),
  };
}

function closedBy(error: unknown): Reading {
  const { code, message, hint } = AppError.from(error);
  const reason = code === 'DISCONNECTED' ? 'lost' : 'failed';
  return { kind: 'closed', reason, message: hint ? `${message} ${hint}` : message };
}

function subscribeNothing(): () => void {
  return () => undefined;
}
