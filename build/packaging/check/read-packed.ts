import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PackedFile } from './check-contents.ts';

interface Entry {
  files?: Record<string, Entry>;
  size?: number;
  unpacked?: boolean;
  link?: string;
}

/** The files of an archive, from its header. */
export async function readArchive(asarFile: string): Promise<PackedFile[]> {
  const { getRawHeader } = await import('@electron/asar');
  const { header } = getRawHeader(asarFile);
  const walk = (entry: Entry, path: string): PackedFile[] => {
    if (!entry.files)
      return [{ path, bytes: entry.size ?? 0, unpacked: entry.unpacked === true || Boolean(entry.link) }];
    return Object.entries(entry.files).flatMap(([name, child]) =>
      walk(child, path ? `${path}/${name}` : name),
    );
  };
  return walk(header as Entry, '');
}

/** The files of a folder beside the archive. */
export function readFolder(folder: string, prefix: string): PackedFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return entries.map((entry) => {
    const file = join(entry.parentPath, entry.name);
    const path = `${prefix}/${file.slice(folder.length + 1).replaceAll('\\', '/')}`;
    return { path, bytes: statSync(file).size, unpacked: true };
  });
}

/** Modules of the trainer that shipped ones import and that were left out. */
export function findMissingModules(files: readonly PackedFile[], read: (path: string) => string): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const isThere = (name: string) =>
    paths.has(`training/${name}.py`) || paths.has(`training/${name}/__init__.py`);
  return files
    .filter(({ path }) => path.endsWith('.py'))
    .flatMap(({ path }) => {
      const imported = [
        ...read(path).matchAll(
          /^\s*(?:from training\.(\w+)|import training\.(\w+)|from training import (\w+))/gm,
        ),
      ];
      const names = imported.map(([, ...found]) => found.find((name) => name !== undefined) ?? '');
      return names
        .filter((name) => !isThere(name))
        .map((name) => `${path} imports training.${name}, which is missing.`);
    });
}
