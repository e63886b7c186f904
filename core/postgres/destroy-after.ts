import type pg from 'pg';
import type { Duplex } from 'node:stream';

/**
 * Cuts a connection whose server says nothing for `limitMs`; what waits for it fails then.
 * @returns takes it back
 */
export function destroyAfter(client: pg.Client, limitMs: number): () => void {
  // pg has no public way to its socket.
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection;
  const timer = setTimeout(() => stream.destroy(), limitMs);
  return () => clearTimeout(timer);
}
