import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** To be raised when an updated package changes what the pipeline writes: the sources do not show that. */
const packagesVersion = 1;

const bundleHash: { known?: Promise<string> } = {};

/**
 * A hash of the code that makes a stage's outputs, so that nobody has to remember to raise a number: of the sources
 * in these folders below core/, without their tests and subfolders; in a bundle, of the whole bundle.
 * @returns 12 hexadecimal digits
 */
export async function hashCode(folders: string[]): Promise<string> {
  if (!import.meta.filename.endsWith('.ts')) {
    return (bundleHash.known ??= readFile(import.meta.filename).then((bytes) => digest([bytes.toString()])));
  }
  const sources = (await Promise.all(folders.map((folder) => readSources(folder)))).flat();
  return digest([String(packagesVersion), ...sources]);
}

async function readSources(folder: string): Promise<string[]> {
  const path = join(import.meta.dirname, '..', folder);
  const names = (await readdir(path)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return Promise.all(
    names.sort().map(async (name) => {
      // A checkout on Windows may end its lines otherwise.
      const text = (await readFile(join(path, name), 'utf8')).replaceAll('\r\n', '\n');
      return `${folder}/${name}\n${text}`;
    }),
  );
}

function digest(parts: string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n${part}`);
  return hash.digest('hex').slice(0, 12);
}
