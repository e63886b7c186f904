import { createInbox, type Transport } from './transport.ts';

/** What a browser's WebSocket and that of `ws` have in common. */
export interface WebSocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

const connecting = 0;
const open = 1;

/** Frames as JSON text messages. What is sent before the socket is open waits for it. */
export function createWebSocketTransport(socket: WebSocketLike): Transport {
  const inbox = createInbox();
  const waiting: string[] = [];
  socket.addEventListener('open', () => {
    for (const text of waiting.splice(0)) socket.send(text);
  });
  socket.addEventListener('message', (event) => inbox.deliver(parseText(event.data)));
  socket.addEventListener('close', () => inbox.markClosed());
  // A failed connection ends with `close` as well; without a listener `ws` would throw.
  socket.addEventListener('error', () => undefined);
  return {
    send(frame) {
      const text = JSON.stringify(frame);
      if (socket.readyState === open) socket.send(text);
      else if (socket.readyState === connecting) waiting.push(text);
    },
    onMessage: inbox.onMessage,
    onClose: inbox.onClose,
    close: () => socket.close(),
  };
}

/** Text that is no JSON becomes `undefined`, which no frame matches. */
function parseText(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
