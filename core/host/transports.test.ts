import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { serveTransport } from '../app/index.ts';
import {
  AppError,
  call,
  createClient,
  createMemoryTransportPair,
  createMessagePortTransport,
  createWebSocketTransport,
  frameSchema,
  stream,
  type Frame,
  type HandlersOf,
  type MessagePortLike,
  type Transport,
} from '../contract/index.ts';
import { createSocketTransport } from './socket-transport.ts';

const testContract = {
  'math.double': call(
    z.object({ value: z.number().min(-1_000, 'Write a number above -1000.').max(1_000) }),
    z.number(),
  ),
  'math.wait': call(z.object({}), z.object({})),
  'math.refuse': call(z.object({}), z.object({})),
  'math.lie': call(z.object({}), z.number()),
  'math.count': stream(z.object({ to: z.number() }), z.number()),
  'math.endless': stream(z.object({}), z.number()),
};

/** What the handlers saw, to prove that cancelling reached them. */
function createHandlers() {
  const seen = { aborted: 0, left: 0, produced: 0 };
  const handlers: HandlersOf<typeof testContract> = {
    'math.double': async ({ value }) => value * 2,
    'math.wait': (_input, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          seen.aborted += 1;
          reject(new Error('stopped'));
        });
      }),
    'math.refuse': async () => {
      throw new AppError('SQL_TIMEOUT', 'It took too long.', {
        hint: 'Ask for less.',
        details: { timeoutMs: 5 },
      });
    },
    'math.lie': async () => 'seven' as unknown as number,
    'math.count': async function* ({ to }) {
      for (let i = 1; i <= to; i++) yield i;
    },
    'math.endless': async function* (_input, { signal }) {
      try {
        for (;;) {
          if (signal.aborted) return;
          seen.produced += 1;
          yield seen.produced;
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        seen.left += 1;
      }
    },
  };
  return { seen, handlers };
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function openSocketPair(): Promise<[Transport, Transport]> {
  const server = createServer().listen(0, '127.0.0.1');
  const sockets = new WebSocketServer({ server });
  const far = new Promise<Transport>((resolve) =>
    sockets.on('connection', (socket) => resolve(createSocketTransport(socket))),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  const near = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  cleanups.push(() => {
    near.terminate();
    sockets.close();
    server.close();
  });
  return [createWebSocketTransport(near), await far];
}

/** Node's port has the page's events, but not its types. */
function asPagePort(port: MessagePort): MessagePortLike {
  return {
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
    addEventListener(type: 'message' | 'close', listener: (event: { data: unknown }) => void) {
      port.on(type, (data: unknown) => listener({ data }));
    },
  };
}

async function openPortPair(): Promise<[Transport, Transport]> {
  const { port1, port2 } = new MessageChannel();
  cleanups.push(() => port1.close());
  return [createMessagePortTransport(asPagePort(port1)), createMessagePortTransport(asPagePort(port2))];
}

const transports = [
  { name: 'in memory', open: async () => createMemoryTransportPair() },
  { name: 'WebSocket', open: openSocketPair },
  { name: 'MessagePort', open: openPortPair },
];

const failureOf = async (promise: Promise<unknown>): Promise<AppError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw new Error(`expected an AppError, got ${String(error)}`);
};

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

describe.each(transports)('the contract over $name', ({ open }) => {
  async function connect() {
    const [near, far] = await open();
    const { seen, handlers } = createHandlers();
    const internal: string[] = [];
    serveTransport(testContract, handlers, far, { onInternalError: (method) => internal.push(method) });
    return { client: createClient(testContract, near), near, far, seen, internal };
  }

  it('answers calls, several at once', async () => {
    const { client } = await connect();
    const answers = [1, 2, 3].map((value) => client['math.double']({ value }));
    expect(await Promise.all(answers)).toEqual([2, 4, 6]);
  });

  it('streams in order, to the end', async () => {
    const { client } = await connect();
    expect(await collect(client['math.count']({ to: 500 }))).toEqual(
      Array.from({ length: 500 }, (_, i) => i + 1),
    );
  });

  it('cancels a call by its signal', async () => {
    const { client, seen } = await connect();
    const controller = new AbortController();
    const failure = failureOf(client['math.wait']({}, { signal: controller.signal }));
    await client['math.double']({ value: 1 });
    controller.abort();
    expect((await failure).code).toBe('CANCELLED');
    await expect.poll(() => seen.aborted).toBe(1);
  });

  it('cancels a stream that is left early', async () => {
    const { client, seen } = await connect();
    for await (const item of client['math.endless']({})) if (item >= 3) break;
    await expect.poll(() => seen.left).toBe(1);
  });

  it('cancels a stream by its signal', async () => {
    const { client, seen } = await connect();
    const controller = new AbortController();
    const reading = collect(client['math.endless']({}, { signal: controller.signal }));
    await expect.poll(() => seen.produced).toBeGreaterThan(2);
    controller.abort();
    expect((await failureOf(reading)).code).toBe('CANCELLED');
    await expect.poll(() => seen.left).toBe(1);
  });

  it('tells when the far side has ended what was cancelled', async () => {
    const { client, seen } = await connect();
    const controller = new AbortController();
    const leftAtEnd: number[] = [];
    const options = { signal: controller.signal, onEnded: () => void leftAtEnd.push(seen.left) };
    const failure = failureOf(collect(client['math.endless']({}, options)));
    await expect.poll(() => seen.produced).toBeGreaterThan(2);
    controller.abort();
    await failure;
    await expect.poll(() => leftAtEnd).toEqual([1]);
    let ended = 0;
    await client['math.double']({ value: 1 }, { onEnded: () => void (ended += 1) });
    expect(ended).toBe(1);
  });

  it('tells of the end when the connection goes away', async () => {
    const { client, far } = await connect();
    let ended = 0;
    const failure = failureOf(client['math.wait']({}, { onEnded: () => void (ended += 1) }));
    far.close();
    await failure;
    expect(ended).toBe(1);
  });

  it('does not send what was aborted before', async () => {
    const { client, seen } = await connect();
    const signal = AbortSignal.abort();
    expect((await failureOf(client['math.wait']({}, { signal }))).code).toBe('CANCELLED');
    expect((await failureOf(collect(client['math.endless']({}, { signal })))).code).toBe('CANCELLED');
    expect(seen).toEqual({ aborted: 0, left: 0, produced: 0 });
  });

  it('carries code, message, hint and details of an error', async () => {
    const { client, internal } = await connect();
    const error = await failureOf(client['math.refuse']({}));
    expect(error.toPayload()).toEqual({
      code: 'SQL_TIMEOUT',
      message: 'It took too long.',
      hint: 'Ask for less.',
      details: { timeoutMs: 5 },
    });
    expect(error.retryable).toBe(true);
    expect(internal).toEqual([]);
  });

  it('refuses a bad input and names the place', async () => {
    const { client } = await connect();
    const error = await failureOf(client['math.double']({ value: 5_000 }));
    expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { path: 'value' } });
    expect(error.message).toMatch(/^Invalid input for math\.double at value: .*1000/);
    // The contract's own sentence is for who typed it.
    const typed = await failureOf(client['math.double']({ value: -5_000 }));
    expect(typed.message).toBe('Write a number above -1000.');
  });

  it('does not let a wrong output through', async () => {
    const { client, internal } = await connect();
    expect((await failureOf(client['math.lie']({}))).code).toBe('INTERNAL');
    expect(internal).toEqual(['math.lie']);
  });

  it('says NOT_FOUND for an unknown method, inherited names included', async () => {
    const [near, far] = await open();
    serveTransport(testContract, createHandlers().handlers, far);
    const wider = {
      ...testContract,
      'math.root': call(z.object({}), z.number()),
      toString: call(z.any(), z.any()),
    };
    const client = createClient(wider, near);
    expect((await failureOf(client['math.root']({}))).code).toBe('NOT_FOUND');
    expect((await failureOf(client.toString({}))).code).toBe('NOT_FOUND');
  });

  it('aborts the handlers and fails the calls when the page goes away', async () => {
    const { client, near, seen } = await connect();
    const failure = failureOf(client['math.wait']({}));
    await client['math.double']({ value: 1 });
    near.close();
    expect((await failure).code).toBe('DISCONNECTED');
    await expect.poll(() => seen.aborted).toBe(1);
    expect((await failureOf(client['math.double']({ value: 1 }))).code).toBe('DISCONNECTED');
  });

  it('fails the calls when the core goes away', async () => {
    const { client, far } = await connect();
    const failure = failureOf(client['math.wait']({}));
    await client['math.double']({ value: 1 });
    far.close();
    expect((await failure).code).toBe('DISCONNECTED');
  });
});

describe.each(transports)('the handshake over $name', ({ open }) => {
  async function listen(...frames: unknown[]): Promise<Frame[]> {
    const [near, far] = await open();
    serveTransport(testContract, createHandlers().handlers, far);
    const received: Frame[] = [];
    near.onMessage((message) => received.push(frameSchema.parse(message)));
    const closed = new Promise<void>((resolve) => near.onClose(resolve));
    for (const frame of frames) void near.send(frame as Frame);
    await closed;
    return received;
  }

  it('refuses another protocol version, and says so', async () => {
    const frames = await listen({ type: 'hello', protocol: 99 });
    expect(frames.at(-1)).toMatchObject({ type: 'fail', id: null, error: { code: 'CONFLICT' } });
  });

  it('refuses a call before hello', async () => {
    const frames = await listen({ type: 'call', id: 0, method: 'math.double', input: { value: 1 } });
    expect(frames.at(-1)).toMatchObject({ type: 'fail', id: null, error: { code: 'INVALID_INPUT' } });
  });

  it('hangs up on what is no frame', async () => {
    const frames = await listen({ type: 'hello', protocol: 1 }, { type: 'dance' });
    expect(frames.at(-1)).toMatchObject({ type: 'fail', id: null, error: { code: 'INVALID_INPUT' } });
  });

  it('fails every call of a client whose core speaks another version', async () => {
    const [near, far] = await open();
    const client = createClient(testContract, near);
    const failure = failureOf(client['math.wait']({}));
    void far.send({ type: 'hello', protocol: 2 });
    expect((await failure).code).toBe('CONFLICT');
    expect((await failureOf(client['math.wait']({}))).code).toBe('CONFLICT');
  });

  it('answers a ping', async () => {
    const [near, far] = await open();
    serveTransport(testContract, createHandlers().handlers, far);
    const types: string[] = [];
    near.onMessage((message) => types.push(frameSchema.parse(message).type));
    void near.send({ type: 'hello', protocol: 1 });
    void near.send({ type: 'ping', reply: false });
    await expect.poll(() => types).toContain('ping');
  });
});
