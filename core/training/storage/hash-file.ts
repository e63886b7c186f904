import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

export interface FileHash {
  /** Bytes. */
  size: number;
  /** MD5 in base64, as Cloud Storage says it. */
  md5: string;
}

const known = new Map<string, { key: string; hash: FileHash }>();

/** Read once for each state of the file: its size, its time and its inode say whether it is the same. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<FileHash> {
  const { size, mtimeMs, ino } = await stat(path);
  const key = `${size} ${mtimeMs} ${ino}`;
  const found = known.get(path);
  if (found?.key === key) return found.hash;
  const hasher = createHash('md5');
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    hasher.update(chunk);
    read += chunk.length;
  }
  const hash = { size: read, md5: hasher.digest('base64') };
  if (known.size > 10_000) known.clear();
  known.set(path, { key, hash });
  return hash;
}

export function hashBytes(bytes: Uint8Array): FileHash {
  return { size: bytes.length, md5: createHash('md5').update(bytes).digest('base64') };
}
