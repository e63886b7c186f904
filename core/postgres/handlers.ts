import { AppError } from '../contract/index.ts';
import type {
  CoreHandlers,
  ErrorCode,
  HistoryEntry,
  Outcome,
  QueryResult,
  ServerStatus,
} from '../contract/index.ts';
import { parseConnectionUrl } from './connection-url.ts';
import { redactConnectionId } from './connections.ts';
import type { Connections } from './connections.ts';
import { runGuarded } from './run-guarded.ts';

type ConnectionsHandlers = Pick<
  CoreHandlers,
  'connections.list' | 'connections.parseUrl' | 'connections.test' | 'connections.save' | 'connections.remove'
>;

export function createConnectionsHandlers({
  connections,
}: {
  connections: Connections;
}): ConnectionsHandlers {
  return {
    'connections.list': () => connections.list(),
    'connections.parseUrl': async ({ url }) => parseConnectionUrl(url),
    'connections.test': (draft, { signal }) => connections.test(draft, signal),
    'connections.save': (draft) => connections.save(draft),
    'connections.remove': async ({ id }) => {
      await connections.remove(id);
      return {};
    },
  };
}

type PostgresHandlers = Pick<
  CoreHandlers,
  'postgres.query' | 'postgres.serverStatus' | 'postgres.stopServer' | 'postgres.resetServer'
>;

export interface PostgresHandlersOptions {
  connections: Connections;
  /** Where statements are remembered; `store.history` fits. */
  history: {
    add(entry: Omit<HistoryEntry, 'id' | 'createdAt'>): string;
    get(id: string): HistoryEntry | undefined;
  };
  /** The embedded server; its manager fits. */
  server: { status(): ServerStatus; stopKept(): Promise<ServerStatus>; reset(): Promise<ServerStatus> };
}

export function createPostgresHandlers({
  connections,
  history,
  server,
}: PostgresHandlersOptions): PostgresHandlers {
  return {
    'postgres.query': async ({ connectionId, sql, historyId, timeoutMs, maxRows }, { signal }) => {
      const database = await connections.open(connectionId, { signal });
      const startedAt = performance.now();
      const remember = (
        ending: Pick<HistoryEntry, 'outcome' | 'message' | 'rowCount'>,
        executeMs: number,
      ) => {
        const origin = historyId === undefined ? undefined : history.get(historyId);
        const totalMs = performance.now() - startedAt;
        const timingsMs = { executeMs, totalMs };
        const id = redactConnectionId(connectionId);
        history.add({ connectionId: id, question: origin?.question, sql, ...ending, timingsMs });
      };
      let result: QueryResult;
      try {
        result = await runGuarded(database, sql, { origin: 'user', timeoutMs, maxRows, signal });
      } catch (cause) {
        const error = AppError.from(cause);
        remember({ outcome: outcomeOf(error), message: error.message }, performance.now() - startedAt);
        throw error;
      }
      remember({ outcome: 'succeeded', rowCount: result.rowCount }, result.durationMs);
      return result;
    },
    'postgres.serverStatus': async () => server.status(),
    'postgres.stopServer': () => server.stopKept(),
    'postgres.resetServer': () => server.reset(),
  };
}

const outcomes: Partial<Record<ErrorCode, Outcome>> = {
  SQL_NOT_READ_ONLY: 'refused',
  SQL_SYNTAX: 'invalid',
  SQL_TIMEOUT: 'timed-out',
  CANCELLED: 'cancelled',
};

/** What became of a statement that ended with an error. */
export function outcomeOf(error: AppError): Outcome {
  return outcomes[error.code] ?? 'failed';
}
