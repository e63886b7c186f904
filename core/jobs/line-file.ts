import { appendFileSync, closeSync, existsSync, fstatSync, openSync, readSync, truncateSync } from 'node:fs';

/** A file of JSON lines that only grows, read by line number while it does, also by another process. */
export interface LineFile {
  /** The line is with the operating system when this returns: a killed process loses nothing. */
  append(value: unknown): void;
  /** Whole lines so far. */
  count(): number;
  /** @param from counted from 0 */
  read(from: number, limit: number): unknown[];
}

const chunkBytes = 256 * 1024;
const newline = 0x0a;

/** The file need not be there yet. Memory: eight bytes a line. */
export function openLineFile(path: string): LineFile {
  /** Where each whole line ends. */
  const ends: number[] = [];
  let isTrimmed = false;

  function scan(): void {
    if (!existsSync(path)) return;
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const buffer = Buffer.alloc(Math.min(chunkBytes, Math.max(size, 1)));
      for (let at = ends.at(-1) ?? 0; at < size;) {
        const length = readSync(file, buffer, 0, buffer.length, at);
        if (length === 0) break;
        noteEnds(ends, buffer.subarray(0, length), at);
        at += length;
      }
    } finally {
      closeSync(file);
    }
  }

  /** What a killed process left of its last line would spoil the next one. */
  function trim(): void {
    scan();
    if (existsSync(path)) truncateSync(path, ends.at(-1) ?? 0);
    isTrimmed = true;
  }

  return {
    append(value) {
      if (!isTrimmed) trim();
      appendFileSync(path, `${JSON.stringify(value)}\n`);
    },
    count() {
      scan();
      return ends.length;
    },
    read(from, limit) {
      scan();
      const last = Math.min(from + limit, ends.length);
      if (last <= from) return [];
      const start = from === 0 ? 0 : (ends[from - 1] ?? 0);
      return parseLines(path, start, ends[last - 1] ?? start);
    },
  };
}

function noteEnds(ends: number[], bytes: Buffer, offset: number): void {
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1))
    ends.push(offset + at + 1);
}

function parseLines(path: string, start: number, end: number): unknown[] {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(end - start);
    readSync(file, buffer, 0, buffer.length, start);
    const lines = buffer.toString('utf8').split('\n').slice(0, -1);
    return lines.map((line): unknown => JSON.parse(line));
  } finally {
    closeSync(file);
  }
}
