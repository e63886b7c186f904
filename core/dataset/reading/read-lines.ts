import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

export interface Line {
  bytes: Buffer;
  /** From 1. */
  number: number;
  /** Where the line starts in the file, in bytes. */
  start: number;
}

const newline = 10;
const chunkBytes = 256 * 1024;

/** The lines of a file one by one, without their ends and without those that are empty. The file is never read whole. */
export async function* readLines(file: string, signal?: AbortSignal): AsyncGenerator<Line> {
  const parts: Buffer[] = [];
  let number = 0;
  let start = 0;
  const take = (end: Buffer): Line => {
    const bytes = parts.length === 0 ? end : Buffer.concat([...parts.splice(0), end]);
    const line = { bytes, number: (number += 1), start };
    start += bytes.length + 1;
    return line;
  };
  for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes, signal })) {
    const buffer = chunk as Buffer;
    let from = 0;
    for (let at = buffer.indexOf(newline); at >= 0; at = buffer.indexOf(newline, from)) {
      const line = take(buffer.subarray(from, at));
      from = at + 1;
      if (line.bytes.length > 0) yield line;
    }
    if (from < buffer.length) parts.push(buffer.subarray(from));
  }
  if (parts.length > 0) yield take(Buffer.alloc(0));
}

/** A part of a file. */
export async function readBytesAt(file: string, start: number, length: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
