import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** To be raised when an updated package changes what the pipeline writes: the sources do not show that. */
const packagesVersion = 1;

/**
 * A hash of the code that makes a stage's outputs, so that nobody has to remember to raise a number: of the sources
 * in these folders below core/, without their tests and subfolders; bundled, of all bundles, the workers' included.
 * @returns 12 hexadecimal digits
 */
export async function hashCode(folders: string[]): Promise<string> {
  const { dirname, filename } = import.meta;
  if (!filename.endsWith('.ts')) return digest(await readSources(dirname, '.js'));
  const sources = await Promise.all(folders.map((folder) => readSources(join(dirname, '..', folder), '.ts')));
  return digest([String(packagesVersion), ...sources.flat()]);
}

async function readSources(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder);
  const sources = names.filter((name) => name.endsWith(ending) && !name.endsWith(`.test${ending}`)).sort();
  return Promise.all(
    sources.map(async (name) => {
      // A checkout on Windows may end its lines otherwise.
      const text = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      return `${basename(folder)}/${name}\n${text}`;
    }),
  );
}

function digest(parts: string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n${part}`);
  return hash.digest('hex').slice(0, 12);
}
