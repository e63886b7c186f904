import type { DemoName } from '../contract/demo.ts';
import { AppError } from '../contract/errors.ts';
import type { ServerStatus } from '../contract/postgres.ts';
import { embeddedUrlOf, type EmbeddedTarget } from './embedded-client.ts';
import {
  resetEmbeddedServer,
  startEmbeddedServer,
  stopKeptServer,
  type EmbeddedServer,
  type ServerStage,
} from './embedded.ts';

/** Steps of getting a database ready. `loading` comes only when rows really are loaded. */
export type PrepareStage = ServerStage | 'loading';

export interface ManagerOptions {
  dataDir: string;
  /** Loads one database into the running server unless it is there already. */
  loadDatabase: (server: EmbeddedServer, name: DemoName, options: LoadOptions) => Promise<void>;
}

export interface LoadOptions {
  signal?: AbortSignal | undefined;
  report?: ((stage: PrepareStage) => void) | undefined;
}

/** The app's one embedded server: started when first needed, its databases loaded when first asked for. */
export interface EmbeddedServerManager {
  status(): ServerStatus;
  /** Deletes the server's folder and starts a new one; its databases are loaded again on demand. */
  reset(): Promise<ServerStatus>;
  /** Connection of one database for the reader role; starts the server and loads the database where needed. */
  targetOf(name: DemoName, options?: LoadOptions): Promise<EmbeddedTarget>;
  urlOf(name: DemoName, options?: LoadOptions): Promise<string>;
  /** The running server, started where needed; for loading other databases with the superuser. */
  server(options?: LoadOptions): Promise<EmbeddedServer>;
  /** Stops the server unless another process of the app uses it or one has left it running. The manager can start it again. */
  stop(): Promise<void>;
  /** Ends a server that was left running: now, or with the other process of the app that uses it. */
  stopKept(): Promise<ServerStatus>;
  /** Forgets the server without stopping it, so that a printed URL stays good after the process. */
  leave(): Promise<void>;
}

/**
 * Also stops the server on SIGINT, SIGTERM and when the process ends by itself. Others that handle the signal
 * decide about the process's end; where there are none, the signal takes its usual course afterwards.
 */
export function createEmbeddedServerManager(options: ManagerOptions): EmbeddedServerManager {
  let running: Promise<EmbeddedServer> | undefined;
  let status: ServerStatus = { state: 'stopped' };
  let loads: Promise<unknown> = Promise.resolve();
  const ready = new Set<DemoName>();
  let letProcessGo = (): void => undefined;

  const launch = async (
    start: typeof startEmbeddedServer,
    report?: LoadOptions['report'],
  ): Promise<EmbeddedServer> => {
    status = { state: 'starting' };
    letProcessGo();
    letProcessGo = stopWithProcess(() => end('stop'));
    try {
      const server = await start({ dataDir: options.dataDir, report });
      server.onLost(() => forget({ state: 'failed', message: 'The embedded server ended unexpectedly.' }));
      status = { state: 'running', port: server.port, version: server.version };
      return server;
    } catch (error) {
      const failure = AppError.from(error);
      forget({ state: 'failed', message: failure.message });
      throw failure;
    }
  };

  const forget = (next: ServerStatus): void => {
    letProcessGo();
    running = undefined;
    ready.clear();
    status = next;
  };

  const server = (load: LoadOptions = {}): Promise<EmbeddedServer> =>
    (running ??= launch(startEmbeddedServer, load.report));

  const loadInTurn = (name: DemoName, load: LoadOptions): Promise<EmbeddedServer> => {
    const turn = loads.then(async () => {
      load.signal?.throwIfAborted();
      const current = await server(load);
      if (!ready.has(name)) await options.loadDatabase(current, name, load);
      ready.add(name);
      return current;
    });
    loads = turn.catch(() => undefined);
    return turn;
  };

  const end = async (how: 'stop' | 'leave'): Promise<void> => {
    const current = running;
    if (current === undefined) return;
    const started = await current.catch(() => undefined);
    await started?.[how]();
    if (running === current) forget({ state: 'stopped' });
  };

  const manager: EmbeddedServerManager = {
    status: () => status,
    server,
    targetOf: async (name, load = {}) => (await loadInTurn(name, load)).targetOf(name),
    urlOf: async (name, load = {}) => embeddedUrlOf(await manager.targetOf(name, load)),
    reset: async () => {
      await end('stop');
      running = launch(resetEmbeddedServer);
      await running;
      return status;
    },
    stopKept: async () => {
      await end('stop');
      const stopped = await stopKeptServer({ dataDir: options.dataDir });
      return stopped ? status : { state: 'running' };
    },
    stop: () => end('stop'),
    leave: () => end('leave'),
  };
  return manager;
}

/** While the server runs: its listeners must not pile up over many managers, nor change how an idle process ends. */
function stopWithProcess(stop: () => Promise<void>): () => void {
  const stopQuietly = (): Promise<void> => stop().catch(() => undefined);
  const onEnd = (): void => void stopQuietly();
  const onSignal = (signal: NodeJS.Signals): void => {
    void stopQuietly().then(() => {
      release();
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  };
  const release = (): void => {
    process.off('beforeExit', onEnd).off('SIGINT', onSignal).off('SIGTERM', onSignal);
  };
  process.on('beforeExit', onEnd).on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return release;
}
