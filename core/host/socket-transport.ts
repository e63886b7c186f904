import { createWebSocketTransport, type Frame, type Transport } from '../contract/index.ts';
import { WebSocket } from 'ws';

/** More than this in the socket's own buffer means that the page does not keep up. */
const slowBytes = 1024 * 1024;
const pingIntervalMs = 20_000;

/** The server's end of a WebSocket: holds streams back while the page is slow, and notices a page that is gone. */
export function createSocketTransport(socket: WebSocket): Transport {
  const transport = createWebSocketTransport(socket);
  watchForSilence(socket);
  return {
    ...transport,
    send(frame: Frame): void | Promise<void> {
      if (socket.readyState !== WebSocket.OPEN) return;
      const text = JSON.stringify(frame);
      if (socket.bufferedAmount < slowBytes) {
        socket.send(text);
        return;
      }
      return new Promise((resolve) => socket.send(text, () => resolve()));
    },
  };
}

/** A laptop that went to sleep sends no close: two unanswered pings end the connection. */
function watchForSilence(socket: WebSocket): void {
  let unanswered = 0;
  socket.on('pong', () => (unanswered = 0));
  const timer = setInterval(() => {
    if (unanswered >= 2) socket.terminate();
    unanswered += 1;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, pingIntervalMs);
  socket.on('close', () => clearInterval(timer));
}
