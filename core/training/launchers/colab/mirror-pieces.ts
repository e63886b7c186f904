import { appendFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listObjects, readObject } from '../../storage/index.ts';
import type { CloudPlace } from './place.ts';

/** Files that only grow: in the bucket they are pieces, each named by the byte that it begins at. */
export const mirrored = [
  { folder: 'events', fileName: 'events.jsonl' },
  { folder: 'log', fileName: 'trainer.log' },
] as const;

/** Appends what is new. @returns bytes that are here now */
export async function mirrorPieces(
  { bucket, root }: CloudPlace,
  { folder, fileName }: (typeof mirrored)[number],
  runDir: string,
  signal: AbortSignal,
): Promise<number> {
  const path = join(runDir, fileName);
  let here = await sizeOf(path);
  const prefix = `${root}out/${folder}/`;
  for (const { name, size } of (await listObjects(bucket, prefix, signal)).objects) {
    const start = Number.parseInt(name.slice(prefix.length), 10);
    if (Number.isNaN(start) || start > here || start + size <= here) continue;
    const piece = await readObject(bucket, name, signal);
    if (!piece || piece.length < size) continue;
    await appendFile(path, piece.subarray(here - start));
    here = start + piece.length;
  }
  return here;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
