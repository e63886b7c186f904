import { createInbox, type Transport } from './transport.ts';
import type { Frame } from './wire.ts';

type Inbox = ReturnType<typeof createInbox>;

/**
 * Two ends of one pipe in the same process, for the command line and for tests. Frames go through JSON text, so that
 * what works here works over a socket too, and arrive in a later microtask, in order.
 */
export function createMemoryTransportPair(): [client: Transport, server: Transport] {
  const near = createInbox();
  const far = createInbox();
  const end = (own: Inbox, peer: Inbox): Transport => ({
    send(frame: Frame) {
      if (own.closed) return;
      const text = JSON.stringify(frame);
      void later(() => {
        if (!peer.closed) peer.deliver(JSON.parse(text));
      });
    },
    onMessage: own.onMessage,
    onClose: own.onClose,
    close() {
      own.markClosed();
      void later(peer.markClosed);
    },
  });
  return [end(near, far), end(far, near)];
}

/** After what was sent before it, as on a real pipe. */
function later(action: () => void): Promise<void> {
  return Promise.resolve().then(action);
}
