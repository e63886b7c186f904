import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import {
  AppError,
  mostFetchedRows,
  type CloseReason,
  type QueryResult,
  type ResultSort,
} from '../../../../core/contract/index.ts';
import { wholeRows, type GridRows } from '../../../components/data-grid/grid-rows.ts';
import { sortRows } from '../../../components/data-grid/sort-rows.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { createPagedRows, pageRows, type KnownRows, type PagedRows } from './paged-rows.ts';

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
  /** How many are known so far, while they are counted. */
  counting: number | undefined;
  sort: ResultSort | undefined;
  sortBy(sort: ResultSort | undefined): void;
  /** @returns how many there are; undefined where it was stopped, or failed */
  count(): Promise<number | undefined>;
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

interface Counter {
  controller: AbortController;
  counted: Promise<number | undefined>;
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
  const firstCount = result.rows.length;
  const [reading, setReading] = useState<Reading>({ kind: 'first' });
  const [opened, setOpened] = useState<OpenedResult>();
  const [sort, setSort] = useState<ResultSort>();
  const [counting, setCounting] = useState<number>();
  const running = useRef<AbortController>(undefined);
  const counter = useRef<Counter>(undefined);
  /** What the next run of the statement starts from, so that no row that was known is lost. */
  const before = useRef<KnownRows>({ known: result.rowCount });
  /** A second wish to open while one is being opened waits for that one. */
  const opening = useRef<Promise<OpenedResult | undefined>>(undefined);

  const open = useCallback(
    (wish: ResultSort | undefined): Promise<OpenedResult | undefined> => {
      running.current?.abort();
      counter.current?.controller.abort();
      if (connectionId === undefined) return Promise.resolve(undefined);
      const controller = new AbortController();
      running.current = controller;
      const { promise, resolve } = Promise.withResolvers<OpenedResult | undefined>();
      opening.current = promise;
      setReading({ kind: 'opening' });
      const statement = { connectionId, sql, origin, ...(wish ? { sort: wish } : {}) };
      // Sorted rows are read from the top; others from where the first rows end, which are to stay on show.
      const limit = wish ? pageRows : Math.min(Math.max(pageRows, firstCount), mostFetchedRows);
      void (async () => {
        try {
          const { signal } = controller;
          const events = core['postgres.openResult']({ ...statement, limit }, { signal });
          for await (const event of events) {
            if (signal.aborted) return;
            if (event.kind === 'closed')
              setReading({ kind: 'closed', reason: event.reason, message: event.message });
            else {
              const { resultId } = event;
              const paged = createPagedRows(
                (offset, limit) => core['postgres.fetchRows']({ resultId, offset, limit }),
                event,
                before.current,
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
    [core, connectionId, sql, origin, firstCount],
  );

  useEffect(
    () => () => {
      running.current?.abort();
      counter.current?.controller.abort();
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

  const known = paged ? paged.known() : result.rowCount;
  const total = paged ? paged.total() : result.truncated ? undefined : result.rowCount;

  function openAgain(wish: ResultSort | undefined, from: KnownRows): Promise<OpenedResult | undefined> {
    before.current = from;
    return open(wish);
  }

  /** Shown from the start: the statement may take its time before anything can be counted. */
  function countIn(target: Promise<OpenedResult | undefined>): Promise<number | undefined> {
    const controller = new AbortController();
    setCounting(known);
    const counted = countUnlessStopped(target, controller.signal).finally(() => {
      if (counter.current?.controller !== controller) return;
      counter.current = undefined;
      setCounting(undefined);
    });
    counter.current = { controller, counted };
    return counted;
  }

  async function countUnlessStopped(
    opening: Promise<OpenedResult | undefined>,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const target = await opening;
    if (!target || signal.aborted) return undefined;
    try {
      const { resultId, paged } = target;
      for await (const step of core['postgres.countRows']({ resultId }, { signal })) {
        if (signal.aborted) return undefined;
        paged.learn(step.counted, step.isTotal);
        setCounting(paged.known());
      }
      return paged.total();
    } catch (error) {
      if (!signal.aborted) setReading(closedBy(error));
      return undefined;
    }
  }

  return {
    rows,
    reading,
    total,
    known,
    counting,
    sort,
    sortBy(next) {
      setSort(next);
      if (result.truncated) void openAgain(next, { known, total });
    },
    count() {
      if (total !== undefined) return Promise.resolve(total);
      if (counter.current) return counter.current.counted;
      return countIn(opened ? Promise.resolve(opened) : (opening.current ?? open(sort)));
    },
    stopCounting() {
      counter.current?.controller.abort();
      counter.current = undefined;
      setCounting(undefined);
    },
    runAgain() {
      // There may be other rows by now: what was counted is counted anew.
      const again = openAgain(sort, { known });
      if (total !== undefined) void countIn(again);
    },
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
