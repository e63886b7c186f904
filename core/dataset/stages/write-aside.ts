import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Ends the name of what is still being written; a run that begins deletes what an earlier one left of it. */
export const asideSuffix = '.partial';

/** Writes a whole file beside its place and renames it: a reader, or a kill, meets the old file or the new one. */
export async function writeAside(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const aside = `${file}${asideSuffix}`;
  const handle = await open(aside, 'w');
  try {
    await handle.writeFile(content);
    // The name must not reach the disk before the content does.
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, file);
}
