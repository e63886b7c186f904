import {
  AppError,
  contract,
  createCoreClient,
  type CallOptions,
  type CoreClient,
  type Transport,
} from '../../core/contract/index.ts';

export type LinkState =
  | { kind: 'connecting' }
  | { kind: 'connected' }
  /** `attempt` counts from 1; the next one starts by itself. */
  | { kind: 'reconnecting'; attempt: number }
  /** The app runs and knows this page no more: it was started anew. No attempt follows by itself. */
  | { kind: 'refused' };

export interface ResilientClient {
  /** Always the same object; each call goes to the present connection and fails with DISCONNECTED without one. */
  client: CoreClient;
  getState(): LinkState;
  /** @returns a function that ends the subscription */
  subscribe(listener: () => void): () => void;
  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void;
  close(): void;
}

const firstDelayMs = 300;
const longestDelayMs = 5_000;

type Method = (input: unknown, options?: CallOptions) => unknown;

/**
 * A client that outlives its connection: when the transport closes, open calls fail with DISCONNECTED and a new
 * transport is asked for until one comes. What the user typed is never touched by that.
 * @param connect resolves with an open transport, or rejects; with AUTH_FAILED no new attempt is made
 */
export function createResilientClient(connect: () => Promise<Transport>): ResilientClient {
  const listeners = new Set<() => void>();
  let state: LinkState = { kind: 'connecting' };
  let current: CoreClient | undefined;
  let transport: Transport | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let closed = false;

  function setState(next: LinkState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function waitAndRetry(): void {
    current = undefined;
    if (closed) return;
    attempt += 1;
    setState({ kind: 'reconnecting', attempt });
    timer = setTimeout(open, Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs));
  }

  function handleFailure(error: unknown): void {
    if (closed || AppError.from(error).code !== 'AUTH_FAILED') waitAndRetry();
    else setState({ kind: 'refused' });
  }

  function open(): void {
    clearTimeout(timer);
    timer = undefined;
    connect().then((opened) => {
      if (closed) {
        opened.close();
        return;
      }
      transport = opened;
      attempt = 0;
      current = createCoreClient(opened);
      opened.onClose(waitAndRetry);
      setState({ kind: 'connected' });
    }, handleFailure);
  }

  open();
  return {
    client: forwardTo(() => current),
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retryNow() {
      // Without a timer an attempt is under way already.
      if (timer !== undefined) open();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      transport?.close();
    },
  };
}

function forwardTo(current: () => CoreClient | undefined): CoreClient {
  const methods = Object.entries(contract).map(([name, entry]) => [
    name,
    entry.kind === 'call'
      ? async (input: unknown, options?: CallOptions) => methodOf(current(), name)(input, options)
      : (input: unknown, options?: CallOptions) => ({
          async *[Symbol.asyncIterator]() {
            yield* methodOf(current(), name)(input, options) as AsyncIterable<unknown>;
          },
        }),
  ]);
  // The mapped type follows the very entries that were just walked.
  return Object.fromEntries(methods) as CoreClient;
}

function methodOf(client: CoreClient | undefined, name: string): Method {
  if (!client) {
    throw new AppError('DISCONNECTED', 'The app is not running.', {
      hint: 'Start it again and open the address that it prints.',
    });
  }
  return client[name as keyof CoreClient] as unknown as Method;
}
