import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { modelOriginSchema, type ModelOrigin } from '../contract/index.ts';

/** Where a file's or folder's origin is written down. */
export async function locateOrigin(file: string): Promise<string> {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? path.join(file, 'origin.json') : `${file}.json`;
}

/** Undefined where none was written, or what lies there is something else. */
export async function readOrigin(file: string): Promise<ModelOrigin | undefined> {
  const text = await readFile(await locateOrigin(file), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return modelOriginSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Written aside and renamed; the file or folder must be there. */
export async function writeOrigin(file: string, origin: ModelOrigin): Promise<void> {
  const target = await locateOrigin(file);
  await writeFile(`${target}.partial`, `${JSON.stringify(origin, null, 1)}\n`);
  await rename(`${target}.partial`, target);
}
