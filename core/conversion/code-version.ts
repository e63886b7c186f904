import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { sqliteFileOf } from '../spider/layout.ts';

/** To be raised when a package that rewrites or proves is updated: the sources do not show that. */
const packagesVersion = 1;

/** Changes whenever loading the database would give something else. @throws AppError where its file is missing. */
export async function hashLoad(spiderDir: string, dbId: string): Promise<string> {
  const [code, file] = await Promise.all([hashCode('load.ts'), hashSqlite(spiderDir, dbId)]);
  return digest([code, file]);
}

/** Changes whenever converting these examples of the database would give something else. */
export async function hashUnit(spiderDir: string, dbId: string, facts: unknown): Promise<string> {
  const [code, file] = await Promise.all([hashCode('worker.ts'), hashSqlite(spiderDir, dbId)]);
  return digest([code, file, JSON.stringify(facts)]);
}

async function hashSqlite(spiderDir: string, dbId: string): Promise<string> {
  const bytes = await readFile(sqliteFileOf(spiderDir, dbId)).catch(() => Buffer.alloc(0));
  return digest([bytes]);
}

const codeHashes = new Map<string, Promise<string>>();

/** As sources, the hash of all that `entry` imports; bundled, of all bundles. Read once: running code does not change. */
function hashCode(entry: string): Promise<string> {
  const known = codeHashes.get(entry) ?? hashFiles(entry);
  codeHashes.set(entry, known);
  return known;
}

async function hashFiles(entry: string): Promise<string> {
  const { dirname: here, filename } = import.meta;
  const files = filename.endsWith('.ts') ? await listImports(join(here, entry)) : await listBundles(here);
  const parts = await Promise.all(
    files.map(async (file) => [relative(here, file).replaceAll('\\', '/'), await readFile(file)]),
  );
  return digest([String(packagesVersion), ...parts.flat()]);
}

/** A source file and every one of ours that it imports, however far away. */
export async function listImports(entry: string): Promise<string[]> {
  const found = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const text = await readFile(file, 'utf8');
    for (const [, path = ''] of text.matchAll(/ from '(\.[^']+\.ts)';/g))
      open.push(join(dirname(file), path));
  }
  return [...found].sort();
}

async function listBundles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith('.js'))
    .sort()
    .map((name) => join(folder, name));
}

function digest(parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n`).update(part);
  return hash.digest('hex');
}
