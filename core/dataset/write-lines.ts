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
export async function writeLines(
  file: string,
  records: readonly object[],
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const aside = `${file}${asideSuffix}`;
  await pipeline(Readable.from(partsOf(records)), createWriteStream(aside), { signal });
  // The name must not reach the disk before the content does.
  const handle = await open(aside, 'r+');
  await handle.sync().finally(() => handle.close());
  await rename(aside, file);
}

function* partsOf(records: readonly object[]): Generator<string> {
  for (let start = 0; start < records.length; start += linesPerPart) {
    const lines = records.slice(start, start + linesPerPart).map((record) => `${JSON.stringify(record)}\n`);
    yield lines.join('');
  }
}
