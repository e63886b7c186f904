import { randomUUID } from 'node:crypto';
import { AppError } from '../contract/index.ts';
import type { Connection, ConnectionDraft, ConnectionParams, ConnectionTest } from '../contract/index.ts';
import { formatConnectionUrl, parseConnectionUrl } from './connection-url.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import type { SecretStore } from './secret-store.ts';
import type { DatabaseTarget } from './target.ts';
import { testConnection } from './test-connection.ts';

/** A saved connection, without its password. */
export interface SavedConnection extends ConnectionParams {
  id: string;
  name: string;
  allowWrites?: boolean | undefined;
}

/** Where connections are kept; `store.connections` fits. */
export interface ConnectionRepository {
  list(): SavedConnection[];
  get(id: string): SavedConnection | undefined;
  put(connection: SavedConnection): void;
  remove(id: string): boolean;
}

/** The demo databases of the embedded server, which is started when a target is asked for. */
export interface DemoResolver {
  listConnections(): Connection[];
  targetOf(name: string, options?: { signal?: AbortSignal | undefined }): Promise<DatabaseTarget>;
}

export interface ConnectionsOptions {
  store: ConnectionRepository;
  secrets: SecretStore;
  demo: DemoResolver;
}

export interface Connections {
  /** The demo databases, then the saved ones. */
  list(): Promise<Connection[]>;
  /** Tries a draft within 5 s. The stored password stands in for one that is left out. */
  test(draft: ConnectionDraft, signal?: AbortSignal): Promise<ConnectionTest>;
  /** Adds, or with an `id` replaces. Throws NOT_FOUND for an unknown id, INVALID_INPUT for a demo database. */
  save(draft: ConnectionDraft): Promise<Connection>;
  /** Throws NOT_FOUND, or INVALID_INPUT for a demo database. */
  remove(id: string): Promise<void>;
  /**
   * The database of a saved connection, of `demo:NAME`, or of `url:postgresql://…` (never stored). Opened ones are
   * shared; the caller does not close them. Throws NOT_FOUND, INVALID_INPUT, or why the demo server does not start.
   */
  open(connectionId: string, options?: { signal?: AbortSignal | undefined }): Promise<Database>;
  /** Whether the user has allowed it to change rows: never a demo database, nor a URL that is not saved. */
  allowsWrites(connectionId: string): boolean;
  /** Closes every connection that `open` made. */
  close(): Promise<void>;
}

const demoPrefix = 'demo:';
const urlPrefix = 'url:';

/** The one way from a connection id to a database. */
export function createConnections({ store, secrets, demo }: ConnectionsOptions): Connections {
  const databases = createDatabaseCache();

  const findSaved = (id: string): SavedConnection => {
    const saved = store.get(id);
    if (saved !== undefined) return saved;
    throw new AppError('NOT_FOUND', `There is no connection "${redactConnectionId(id)}".`, {
      hint: 'Choose another connection, or save this one again.',
    });
  };
  const findTarget = async (id: string, signal?: AbortSignal): Promise<DatabaseTarget> => {
    if (id.startsWith(demoPrefix)) return demo.targetOf(id.slice(demoPrefix.length), { signal });
    if (!id.startsWith(urlPrefix)) {
      const saved = findSaved(id);
      return { ...paramsOf(saved), password: await secrets.get(id), connectionName: saved.name };
    }
    const { params, password } = parseConnectionUrl(id.slice(urlPrefix.length));
    return { ...params, password: password ?? process.env['PGPASSWORD'] };
  };
  const describe = async (saved: SavedConnection): Promise<Connection> => {
    // A locked keyring or a damaged file must not hide the list; opening the connection says what is wrong.
    const password = await secrets.get(saved.id).catch(() => undefined);
    const hasPassword = password !== undefined;
    const { id, name, allowWrites = false } = saved;
    return { ...paramsOf(saved), id, name, kind: 'user', hasPassword, allowWrites };
  };

  return {
    list: async () => [...demo.listConnections(), ...(await Promise.all(store.list().map(describe)))],
    test: async (draft, signal) => {
      const stored =
        draft.id === undefined || draft.password !== undefined ? undefined : await secrets.get(draft.id);
      return testConnection(
        { ...paramsOf(draft), password: draft.password ?? stored, connectionName: draft.name },
        signal,
      );
    },
    save: async (draft) => {
      const id = draft.id ?? randomUUID();
      if (draft.id !== undefined) findSaved(refuseDemo(draft.id));
      const saved = { ...paramsOf(draft), id, name: draft.name, allowWrites: draft.allowWrites ?? false };
      // First what can fail (a locked keyring): a row must not name a server whose password was not kept.
      if (draft.password === '') await secrets.remove(id);
      else if (draft.password !== undefined) await secrets.set(id, draft.password);
      store.put(saved);
      await databases.drop(id);
      return describe(saved);
    },
    remove: async (id) => {
      if (!store.remove(refuseDemo(id))) findSaved(id);
      await secrets.remove(id);
      await databases.drop(id);
    },
    open: async (id, { signal } = {}) => databases.open(id, await findTarget(id, signal)),
    allowsWrites: (id) => !id.startsWith(demoPrefix) && store.get(id)?.allowWrites === true,
    close: () => databases.closeAll(),
  };
}

/** A connection id that may be shown and stored: the URL of a `url:` id loses its password. */
export function redactConnectionId(id: string): string {
  if (!id.startsWith(urlPrefix)) return id;
  try {
    return urlPrefix + formatConnectionUrl(parseConnectionUrl(id.slice(urlPrefix.length)).params);
  } catch {
    return `${urlPrefix}…`;
  }
}

interface DatabaseCache {
  open(id: string, target: DatabaseTarget): Database;
  drop(id: string): Promise<void>;
  closeAll(): Promise<void>;
}

/** One database an id, opened anew when its target has changed: the demo server gets another port after a reset. */
function createDatabaseCache(): DatabaseCache {
  const opened = new Map<string, { key: string; database: Database }>();
  const drop = async (id: string): Promise<void> => {
    const entry = opened.get(id);
    opened.delete(id);
    await entry?.database.close();
  };
  return {
    open: (id, target) => {
      const key = JSON.stringify(target);
      const entry = opened.get(id);
      if (entry?.key === key) return entry.database;
      if (entry !== undefined) void drop(id).catch(() => undefined);
      const database = openDatabase(target);
      opened.set(id, { key, database });
      return database;
    },
    drop,
    closeAll: async () => {
      await Promise.all([...opened.keys()].map(drop));
    },
  };
}

function paramsOf({ host, port, database, user, sslMode, sslRootCert }: ConnectionParams): ConnectionParams {
  return { host, port, database, user, sslMode, ...(sslRootCert ? { sslRootCert } : {}) };
}

function refuseDemo(id: string): string {
  if (!id.startsWith(demoPrefix)) return id;
  throw new AppError(
    'INVALID_INPUT',
    'The demo databases come with the app and cannot be changed or removed.',
    {
      hint: 'Save a connection of your own.',
    },
  );
}
