import type { Frame } from './wire.ts';

/** A pipe for frames between one client and one server. Values are JSON only. */
export interface Transport {
  /**
   * Sends one frame; silently dropped once closed.
   * A promise means that the other side is slow: whoever produces items waits for it before the next one.
   */
  send(frame: Frame): void | Promise<void>;
  /** Called for each message, before it is checked. Messages that came earlier are kept for the first listener. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, at once when closed already. */
  onClose(listener: () => void): void;
  close(): void;
}

/** The receiving half that every transport shares: keeps early messages, tells of the close exactly once. */
export function createInbox() {
  let receive: ((message: unknown) => void) | undefined;
  let early: unknown[] = [];
  let closed = false;
  const closeListeners: (() => void)[] = [];
  return {
    get closed() {
      return closed;
    },
    deliver(message: unknown): void {
      if (receive) receive(message);
      else early.push(message);
    },
    markClosed(): void {
      if (closed) return;
      closed = true;
      for (const listener of closeListeners.splice(0)) listener();
    },
    onMessage(listener: (message: unknown) => void): void {
      receive = listener;
      const waiting = early;
      early = [];
      for (const message of waiting) listener(message);
    },
    onClose(listener: () => void): void {
      if (closed) listener();
      else closeListeners.push(listener);
    },
  };
}
