import {
  createCoreClient,
  createWebSocketTransport,
  webSocketPath,
  type CoreClient,
} from '../core/contract/index.ts';

/** A client of a running host, beside the page: to save a connection, or to look at what a page did. */
export async function connectToHost(url: string): Promise<{ core: CoreClient; close(): void }> {
  const address = new URL(url);
  address.protocol = 'ws:';
  address.pathname = webSocketPath;
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const transport = createWebSocketTransport(socket);
  return { core: createCoreClient(transport), close: () => void transport.close() };
}
