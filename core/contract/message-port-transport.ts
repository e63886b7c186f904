import { createInbox, type Transport } from './transport.ts';

/** What a page's MessagePort offers, and what Electron's MessagePortMain is easily wrapped into. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
}

/** Frames as structured clones over a MessagePort. */
export function createMessagePortTransport(port: MessagePortLike): Transport {
  const inbox = createInbox();
  port.addEventListener('message', (event) => inbox.deliver(event.data));
  port.addEventListener('close', () => inbox.markClosed());
  port.start();
  return {
    send(frame) {
      if (!inbox.closed) port.postMessage(frame);
    },
    onMessage: inbox.onMessage,
    onClose: inbox.onClose,
    close() {
      port.close();
      // The side that closes gets no event of its own.
      inbox.markClosed();
    },
  };
}
