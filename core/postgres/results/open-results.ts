import { randomUUID } from 'node:crypto';
import { AppError, mostOpenResults, resultIdleMs } from '../../contract/index.ts';
import type { CloseReason, ResultEvent } from '../../contract/index.ts';
import type { ResultCursor } from './result-cursor.ts';

interface OpenResult {
  id: string;
  connectionId: string;
  cursor: ResultCursor;
  usedAt: number;
  timer: NodeJS.Timeout | undefined;
  end(reason: CloseReason, message: string): void;
  ended: Promise<{ reason: CloseReason; message: string }>;
}

/** The results that pages have open, by an id that cannot be guessed. */
export interface OpenResults {
  /** Opens one and keeps it for as long as the stream is read and somebody fetches from it now and then. */
  open(
    connectionId: string,
    openCursor: () => Promise<ResultCursor>,
    signal: AbortSignal,
  ): AsyncIterable<ResultEvent>;
  /** Counts as a use. Throws NOT_FOUND. */
  use(resultId: string): ResultCursor;
}

/** @param idleMs after which a result that nobody reads is closed. Defaults to five minutes. */
export function createOpenResults({ idleMs = resultIdleMs } = {}): OpenResults {
  const results = new Map<string, OpenResult>();

  const touch = (result: OpenResult): void => {
    clearTimeout(result.timer);
    result.usedAt = performance.now();
    result.timer = setTimeout(() => result.end('idle', describeIdle(idleMs)), idleMs);
    result.timer.unref();
  };
  const add = (connectionId: string, cursor: ResultCursor): OpenResult => {
    const { promise: ended, resolve } = Promise.withResolvers<{ reason: CloseReason; message: string }>();
    const result: OpenResult = {
      ...{ id: randomUUID(), connectionId, cursor, usedAt: 0, timer: undefined, ended },
      end: (reason, message) => resolve({ reason, message }),
    };
    results.set(result.id, result);
    void cursor.ended.then((error) =>
      result.end(error.code === 'DISCONNECTED' ? 'lost' : 'failed', error.message),
    );
    touch(result);
    return result;
  };
  const makeRoom = (connectionId: string): void => {
    const others = [...results.values()].filter((result) => result.connectionId === connectionId);
    if (others.length < mostOpenResults) return;
    const [oldest] = others.toSorted((one, other) => one.usedAt - other.usedAt);
    oldest?.end('replaced', `${mostOpenResults} other results of this connection were opened after it.`);
    if (oldest) results.delete(oldest.id);
  };

  return {
    async *open(connectionId, openCursor, signal) {
      makeRoom(connectionId);
      const cursor = await openCursor();
      const result = add(connectionId, cursor);
      const close = async (): Promise<void> => {
        clearTimeout(result.timer);
        results.delete(result.id);
        await cursor.close();
      };
      // Also where nobody asks for the next item any more: the server is let go at once.
      signal.addEventListener('abort', () => void close(), { once: true });
      try {
        const { columns, first } = cursor;
        yield { kind: 'opened', resultId: result.id, columns, ...first };
        const closing = await Promise.race([result.ended, untilAborted(signal)]);
        if (closing) yield { kind: 'closed', ...closing };
      } finally {
        await close();
      }
    },
    use(resultId) {
      const result = results.get(resultId);
      if (result === undefined) {
        throw new AppError('NOT_FOUND', 'This result is not open any more.', { hint: 'Run it again.' });
      }
      touch(result);
      return result.cursor;
    },
  };
}

function describeIdle(idleMs: number): string {
  return `Nobody read on for ${Math.round(idleMs / 60_000)} minutes, so the server was let go.`;
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
