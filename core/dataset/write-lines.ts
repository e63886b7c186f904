import { createWriteStream } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asideSuffix } from './stages/index.ts';

/** Lines that go to the disk at once. */
const linesPerPart = 64;

/**
 * Writes a file of JSON lines beside its place and renames it, a part at a time: neither the whole text in memory nor
 * a blocked event loop. Keys come in the order of the records.
 */
export function writeLines(file: string, records: readonly object[], signal?: AbortSignal): Promise<void> {
  return writeParts(
    file,
    partsOf(records, (record) => `${JSON.stringify(record)}\n`),
    signal,
  );
}

/** The same for lines that are text already, each with its line feed. */
export function writeTextLines(file: string, lines: readonly string[], signal?: AbortSignal): Promise<void> {
  return writeParts(
    file,
    partsOf(lines, (line) => line),
    signal,
  );
}

async function writeParts(file: string, parts: Iterable<string>, signal?: AbortSignal): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const aside = `${file}${asideSuffix}`;
  await pipeline(Readable.from(parts), createWriteStream(aside), { signal });
  // The name must not reach the disk before the content does.
  const handle = await open(aside, 'r+');
  await handle.sync().finally(() => handle.close());
  await rename(aside, file);
}

function* partsOf<T>(items: readonly T[], toLine: (item: T) => string): Generator<string> {
  for (let start = 0; start < items.length; start += linesPerPart) {
    yield items
      .slice(start, start + linesPerPart)
      .map(toLine)
      .join('');
  }
}
