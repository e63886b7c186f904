import { expect, it, vi } from 'vitest';
import {
  AppError,
  createMemoryTransportPair,
  protocolVersion,
  type Frame,
  type Transport,
} from '../../core/contract/index.ts';
import { createResilientClient } from './resilient-client.ts';

/** The other end of each connection: answers every call with the same value, or never. */
function createServers(options: { answers: boolean }) {
  const ends: Transport[] = [];
  let refuse = false;
  async function connect(): Promise<Transport> {
    if (refuse) throw new Error('nobody listens');
    const [client, server] = createMemoryTransportPair();
    server.onMessage((message) => {
      const frame = message as Frame;
      if (frame.type === 'hello') void server.send({ type: 'hello', protocol: protocolVersion });
      if (frame.type === 'call' && options.answers) {
        void server.send({ type: 'done', id: frame.id, value: [] });
      }
    });
    ends.push(server);
    return client;
  }
  return {
    connect,
    ends,
    refuse(value: boolean) {
      refuse = value;
    },
  };
}

it('connects again by itself, and calls work as before', async () => {
  const servers = createServers({ answers: true });
  const { client, getState, close } = createResilientClient(servers.connect);
  await vi.waitFor(() => expect(getState().kind).toBe('connected'));
  expect(await client['connections.list']({})).toEqual([]);

  servers.ends[0]?.close();
  await vi.waitFor(() => expect(getState()).toEqual({ kind: 'reconnecting', attempt: 1 }), { interval: 10 });
  await vi.waitFor(() => expect(getState().kind).toBe('connected'), { timeout: 2_000 });
  expect(servers.ends).toHaveLength(2);
  expect(await client['connections.list']({})).toEqual([]);
  close();
});

it('fails open and later calls with DISCONNECTED while there is no connection', async () => {
  const servers = createServers({ answers: false });
  const { client, getState, close } = createResilientClient(servers.connect);
  await vi.waitFor(() => expect(getState().kind).toBe('connected'));
  const open = client['connections.list']({});
  servers.refuse(true);
  servers.ends[0]?.close();
  await expect(open).rejects.toMatchObject({ code: 'DISCONNECTED' });
  await expect(client['demo.list']({})).rejects.toMatchObject({ code: 'DISCONNECTED' });
  await expect(client['demo.prepare']({})[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'DISCONNECTED',
  });
  close();
});

it('tries at once when told to', async () => {
  const servers = createServers({ answers: true });
  servers.refuse(true);
  const { getState, retryNow, close } = createResilientClient(servers.connect);
  await vi.waitFor(() => expect(getState()).toEqual({ kind: 'reconnecting', attempt: 3 }), {
    timeout: 3_000,
  });
  servers.refuse(false);
  retryNow();
  await vi.waitFor(() => expect(getState().kind).toBe('connected'), { timeout: 200 });
  close();
});

it('stops trying once it is refused', async () => {
  let attempts = 0;
  const { client, getState, close } = createResilientClient(async () => {
    attempts += 1;
    throw new AppError('AUTH_FAILED', 'The app does not know this page.');
  });
  await vi.waitFor(() => expect(getState()).toEqual({ kind: 'refused' }));
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(attempts).toBe(1);
  await expect(client['demo.list']({})).rejects.toMatchObject({ code: 'DISCONNECTED' });
  close();
});
