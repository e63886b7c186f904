import { open } from 'node:fs/promises';
import { z } from 'zod';
import { runEventKinds, runEventSchema, type RunEvent } from '../contract/index.ts';

export interface EventLog {
  events: RunEvent[];
  /** Whole lines that are no event: what is wrong with each. The events around them are there all the same. */
  problems: string[];
  /** Where the next read of a growing file starts: behind its last whole line, in bytes. */
  end: number;
}

export interface ReadEventsOptions {
  /** 0 or the `end` of an earlier read. */
  start?: number;
  /** Reads about as much and no more; all when absent. */
  maxBytes?: number;
}

/**
 * The events of a run's events.jsonl, from a byte on; none where there is no file yet. Text behind the last line end
 * is still being written and waits for the next read. Kinds of events that a newer trainer may write are left out.
 */
export async function readEvents(
  file: string,
  { start = 0, maxBytes = Infinity }: ReadEventsOptions = {},
): Promise<EventLog> {
  const bytes = await readFrom(file, start, maxBytes);
  const wholeBytes = bytes.lastIndexOf('\n') + 1;
  const log: EventLog = { events: [], problems: [], end: start + wholeBytes };
  for (const line of bytes.toString('utf8', 0, wholeBytes).split('\n')) {
    if (line.trim() !== '') takeLine(line, log);
  }
  return log;
}

async function readFrom(file: string, start: number, maxBytes: number): Promise<Buffer> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return Buffer.alloc(0);
  try {
    const { size } = await handle.stat();
    for (let length = Math.min(maxBytes, size - start); ; length = Math.min(length * 2, size - start)) {
      const buffer = Buffer.alloc(Math.max(0, length));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
      const read = buffer.subarray(0, bytesRead);
      // A line that is longer than the part is read whole.
      if (length >= size - start || read.includes('\n')) return read;
    }
  } finally {
    await handle.close();
  }
}

const anyEventSchema = z.object({ event: z.string() });
const knownKinds: readonly string[] = runEventKinds;

function takeLine(line: string, { events, problems }: EventLog): void {
  const value = parseJson(line);
  const kind = anyEventSchema.safeParse(value);
  if (!kind.success) return void problems.push(`A line is no event, perhaps cut short: ${shorten(line)}`);
  if (!knownKinds.includes(kind.data.event)) return;
  const event = runEventSchema.safeParse(value);
  if (event.success) return void events.push(event.data);
  const [issue] = event.error.issues;
  problems.push(
    `An event ${kind.data.event} is not as it should be: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Enough to find the line, in characters. */
const shownLength = 80;

function shorten(line: string): string {
  return line.length > shownLength ? `${line.slice(0, shownLength)}…` : line;
}
