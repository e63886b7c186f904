import { open } from 'node:fs/promises';

/** A text file that grows, read by line number. Memory: eight bytes a line. */
export interface TextPages {
  /** Lines so far; the last one may still be growing. */
  count(): Promise<number>;
  /** @param from counted from 0; negative: so many from the end */
  read(from: number, limit: number): Promise<{ lines: string[]; first: number; total: number }>;
}

const chunkBytes = 256 * 1024;
const newline = 0x0a;
/** A line that a program never ends (a bar that it draws over and over) is shown to here, in bytes. */
const longestLineBytes = 64 * 1024;

export function openTextPages(file: string): TextPages {
  /** Where each line begins; the last one may be empty, and is not counted then. */
  let starts: number[] = [0];
  let size = 0;
  let scanning: Promise<void> | undefined;

  const scan = async (): Promise<void> => {
    const handle = await open(file, 'r').catch(() => undefined);
    if (handle === undefined) return;
    try {
      const now = (await handle.stat()).size;
      if (now < size) [starts, size] = [[0], 0];
      const buffer = Buffer.alloc(chunkBytes);
      while (size < now) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, size);
        if (bytesRead === 0) break;
        noteStarts(starts, buffer.subarray(0, bytesRead), size);
        size += bytesRead;
      }
    } finally {
      await handle.close();
    }
  };
  const update = () => (scanning ??= scan().finally(() => (scanning = undefined)));
  const total = () => (starts.at(-1) === size ? starts.length - 1 : starts.length);

  return {
    async count() {
      await update();
      return total();
    },
    async read(from, limit) {
      await update();
      const all = total();
      const first = Math.max(0, from < 0 ? all + from : from);
      const last = Math.min(all, first + limit);
      if (last <= first) return { lines: [], first, total: all };
      const begin = starts[first] ?? 0;
      const end = Math.min(starts[last] ?? size, begin + limit * longestLineBytes);
      return { lines: toLines(await readPart(file, begin, end)).slice(0, last - first), first, total: all };
    },
  };
}

function noteStarts(starts: number[], bytes: Buffer, offset: number): void {
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1))
    starts.push(offset + at + 1);
}

async function readPart(file: string, begin: number, end: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(end - begin);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, begin);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A bar that is drawn over itself is shown as it was left. */
function toLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\r$/, '').split('\r').at(-1) ?? '');
}
