import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../contract/index.ts';
import { measureFolder } from './measure-folder.ts';

/** What lies beside a GGUF file and means nothing without it. */
const companions = ['.json'];

/**
 * Deletes a GGUF file of the models folder with its origin, or a base model's folder.
 * @returns the bytes that are free now
 * @throws AppError PERMISSION_DENIED for what lies elsewhere, NOT_FOUND
 */
export async function deleteModel(
  file: string,
  folders: { models: string; baseModels: string },
): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  if (!found) throw new AppError('NOT_FOUND', `There is nothing at ${file} any more.`);
  const isGguf = path.dirname(file) === folders.models && /\.gguf$/i.test(file) && found.isFile();
  if (isGguf) {
    await rm(file);
    await Promise.all(companions.map((ending) => rm(`${file}${ending}`, { force: true })));
    return found.size;
  }
  if (!isBaseModel(file, folders.baseModels) || !found.isDirectory()) throw notOurs(file);
  const bytes = await measureFolder(file);
  await rm(file, { recursive: true });
  return bytes;
}

/** One or two folders below, never the folder itself or anything above it. */
function isBaseModel(file: string, folder: string): boolean {
  const parts = path.relative(folder, file).split(path.sep);
  return parts[0] !== '' && parts[0] !== '..' && !path.isAbsolute(parts[0] ?? '') && parts.length <= 2;
}

function notOurs(file: string): AppError {
  return new AppError('PERMISSION_DENIED', `${file} does not lie in the app's own folders.`, {
    hint: 'Take it off the list, and delete it where it lies.',
  });
}
