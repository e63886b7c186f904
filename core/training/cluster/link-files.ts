import { constants, copyFile, link, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/index.ts';

/**
 * A folder's files under another one, without the room they take where both lie on one disk; hidden ones are left out.
 * Links (a model in the hub's cache) become the files that they lead to. @returns bytes. @throws AppError MODEL_MISSING
 */
export async function linkFiles(source: string, target: string, signal: AbortSignal): Promise<number> {
  let bytes = 0;
  await mkdir(target, { recursive: true });
  for (const name of (await readdir(source)).toSorted()) {
    signal.throwIfAborted();
    if (name.startsWith('.')) continue;
    const file = await realpath(join(source, name)).catch((cause: unknown) => {
      throw new AppError('MODEL_MISSING', `${join(source, name)} leads nowhere.`, {
        hint: 'Download the base model again.',
        cause,
      });
    });
    const info = await stat(file);
    if (info.isDirectory()) bytes += await linkFiles(file, join(target, name), signal);
    if (!info.isFile()) continue;
    await linkOrCopy(file, join(target, name));
    bytes += info.size;
  }
  return bytes;
}

/** Bytes of what `linkFiles` links. */
export async function measureFiles(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) {
    const info = name.startsWith('.') ? undefined : await stat(join(folder, name)).catch(() => undefined);
    if (info?.isDirectory()) bytes += await measureFiles(join(folder, name));
    else bytes += info?.size ?? 0;
  }
  return bytes;
}

/** Another disk, or a file system without links: copied, by reference where it can. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}
