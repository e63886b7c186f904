import type { CallOptions, ClientOf, Entry } from './define.ts';
import { AppError, type ErrorPayload } from './errors.ts';
import { createItemQueue } from './item-queue.ts';
import type { Transport } from './transport.ts';
import { frameSchema, protocolVersion, type Frame } from './wire.ts';

interface OpenCall {
  item(value: unknown): void;
  done(value: unknown): void;
  fail(error: AppError): void;
}

/**
 * A typed client of whatever serves `contract` at the other end of the transport.
 * An aborted signal rejects at once with CANCELLED and tells the server; leaving a stream early tells it too;
 * a closed transport rejects every open and later call with DISCONNECTED.
 */
export function createClient<C extends Record<string, Entry>>(
  contract: C,
  transport: Transport,
): ClientOf<C> {
  const connection = openConnection(transport);
  const methods = Object.entries(contract).map(([method, entry]) => [
    method,
    entry.kind === 'call'
      ? (input: unknown, options?: CallOptions) => callOnce(connection, method, input, options)
      : (input: unknown, options?: CallOptions) => openStream(connection, method, input, options),
  ]);
  // The mapped type follows the very entries that were just walked.
  return Object.fromEntries(methods) as ClientOf<C>;
}

type Connection = ReturnType<typeof openConnection>;

function openConnection(transport: Transport) {
  const open = new Map<number, OpenCall>();
  const ending = new Map<number, () => void>();
  let nextId = 0;
  let broken: AppError | undefined;

  function breakAll(error: AppError): void {
    broken ??= error;
    const calls = [...open.values()];
    open.clear();
    for (const call of calls) call.fail(broken);
    for (const id of [...ending.keys()]) end(id);
  }

  function end(id: number): void {
    const onEnded = ending.get(id);
    ending.delete(id);
    onEnded?.();
  }

  function settle(id: number): OpenCall | undefined {
    const call = open.get(id);
    open.delete(id);
    return call;
  }

  function receive(frame: Frame): void {
    if (frame.type === 'item') open.get(frame.id)?.item(frame.value);
    else if (frame.type === 'done') settle(frame.id)?.done(frame.value);
    else if (frame.type === 'ping' && !frame.reply) void transport.send({ type: 'ping', reply: true });
    else if (frame.type === 'hello' && frame.protocol !== protocolVersion)
      breakAll(wrongProtocol(frame.protocol));
    else if (frame.type === 'fail') {
      if (frame.id === null) breakAll(toError(frame.error));
      else settle(frame.id)?.fail(toError(frame.error));
    }
    if ((frame.type === 'done' || frame.type === 'fail') && frame.id !== null) end(frame.id);
  }

  transport.onClose(() => breakAll(disconnected()));
  transport.onMessage((message) => {
    const frame = frameSchema.safeParse(message);
    if (frame.success) receive(frame.data);
  });
  void transport.send({ type: 'hello', protocol: protocolVersion });

  return {
    start(method: string, input: unknown, call: OpenCall, onEnded?: () => void): number {
      const id = nextId++;
      if (broken) {
        call.fail(broken);
        onEnded?.();
        return id;
      }
      if (onEnded) ending.set(id, onEnded);
      open.set(id, call);
      void transport.send({ type: 'call', id, method, input });
      return id;
    },
    /** Forgets the call and tells the server to stop; nothing when it has ended already. */
    cancel(id: number): void {
      const call = settle(id);
      if (!call) return;
      void transport.send({ type: 'cancel', id });
      call.fail(cancelled());
    },
  };
}

function callOnce(
  connection: Connection,
  method: string,
  input: unknown,
  { signal, onEnded }: CallOptions = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(cancelled());
      return;
    }
    const abort = () => connection.cancel(id);
    const release = () => signal?.removeEventListener('abort', abort);
    const call: OpenCall = {
      item: () => undefined,
      done(value) {
        release();
        resolve(value);
      },
      fail(error) {
        release();
        reject(error);
      },
    };
    const id = connection.start(method, input, call, onEnded);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Nothing is sent before the first item is asked for; every iteration is a call of its own. */
function openStream(
  connection: Connection,
  method: string,
  input: unknown,
  { signal, onEnded }: CallOptions = {},
): AsyncIterable<unknown> {
  return {
    async *[Symbol.asyncIterator]() {
      if (signal?.aborted) throw cancelled();
      const queue = createItemQueue();
      const call: OpenCall = { item: queue.push, done: queue.end, fail: queue.fail };
      const id = connection.start(method, input, call, onEnded);
      const abort = () => connection.cancel(id);
      signal?.addEventListener('abort', abort, { once: true });
      try {
        yield* queue.items();
      } finally {
        signal?.removeEventListener('abort', abort);
        connection.cancel(id);
      }
    },
  };
}

function toError(payload: ErrorPayload): AppError {
  return AppError.fromPayload(payload);
}

function cancelled(): AppError {
  return new AppError('CANCELLED', 'The request was cancelled.');
}

function disconnected(): AppError {
  return new AppError('DISCONNECTED', 'The connection to the core was closed.', {
    hint: 'Reload the page, or start the app again.',
  });
}

export function wrongProtocol(theirs: number): AppError {
  return new AppError('CONFLICT', `The other side speaks protocol ${theirs}, this one ${protocolVersion}.`, {
    hint: 'Reload the page, so that both come from the same version.',
  });
}
