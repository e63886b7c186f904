import type pg from 'pg';
import type { Duplex } from 'node:stream';
import { AppError } from '../contract/index.ts';

/** Counts what the server sends while one statement is read. */
export interface ByteMeter {
  /** Bytes since the work began, those of a message that is still under way included. */
  receivedBytes(): number;
  /** Changes how many bytes may come. */
  allow(limitBytes: number): void;
}

/**
 * Works with a client that may receive `limitBytes` bytes. When more come, its connection is closed at once, which
 * ends the statement on the server too, and the work rejects with SQL_EXECUTION; the client is of no use afterwards.
 * Counted on the socket, because pg makes a string of a whole cell before anyone sees it: one of 512 MiB or more
 * would be an uncaught exception.
 */
export async function limitBytes<T>(
  client: pg.ClientBase,
  limitBytes: number,
  work: (meter: ByteMeter) => Promise<T>,
): Promise<T> {
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection;
  let received = 0;
  let limit = limitBytes;
  const count = (chunk: Buffer): void => {
    received += chunk.length;
    if (received > limit) stream.destroy(createTooLargeError(limitBytes));
  };
  stream.on('data', count);
  try {
    return await work({ receivedBytes: () => received, allow: (next) => void (limit = next) });
  } finally {
    stream.off('data', count);
  }
}

function createTooLargeError(limitBytes: number): AppError {
  return new AppError('SQL_EXECUTION', `The result is larger than ${limitBytes / 1024 / 1024} MiB.`, {
    hint: 'Select fewer or shorter columns, or add a LIMIT.',
  });
}
