import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { sqliteFileOf } from '../spider/layout.ts';
import { followImports } from './follow-imports.ts';

/** To be raised when a package that rewrites or proves is updated: the sources do not show that. */
const packagesVersion = 1;

/** What the build calls the bundle of `worker.ts`; it lies beside the programs that use it. */
export const bundledWorkerName = 'conversion-worker.js';

/** Changes whenever loading the database would give something else. */
export async function hashLoad(spiderDir: string, dbId: string): Promise<string> {
  const [code, file] = await Promise.all([hashCode('load.ts'), hashSqlite(spiderDir, dbId)]);
  return digest([code, file]);
}

/** Changes whenever converting these examples of the database would give something else. */
export async function hashUnit(spiderDir: string, dbId: string, facts: unknown): Promise<string> {
  const [code, file] = await Promise.all([hashCode('worker.ts'), hashSqlite(spiderDir, dbId)]);
  return digest([code, file, JSON.stringify(facts)]);
}

/** A file that is missing hashes like an empty one: loading it says what is wrong. */
async function hashSqlite(spiderDir: string, dbId: string): Promise<string> {
  const bytes = await readFile(sqliteFileOf(spiderDir, dbId)).catch(() => Buffer.alloc(0));
  return digest([bytes]);
}

const codeHashes = new Map<string, Promise<string>>();

/**
 * As sources, the hash of the file and of all that it imports; bundled, of the worker's bundle, whichever program asks:
 * they share what is loaded. Read once: a running process does not change.
 */
function hashCode(entry: string): Promise<string> {
  const { dirname: here, filename } = import.meta;
  const file = join(here, filename.endsWith('.ts') ? entry : bundledWorkerName);
  const known = codeHashes.get(file) ?? (filename.endsWith('.ts') ? hashImported(file) : hashBundle(file));
  codeHashes.set(file, known);
  return known;
}

/** Of a source file and of every source that it reaches by imports, wherever their folders lie. */
export async function hashImported(entry: string): Promise<string> {
  const sources = await followImports(entry);
  const parts = [...sources].flatMap(([file, source]) => [nameFrom(entry, file), source]);
  return digest([String(packagesVersion), ...parts]);
}

function nameFrom(entry: string, file: string): string {
  return relative(dirname(entry), file).replaceAll('\\', '/');
}

async function hashBundle(file: string): Promise<string> {
  return digest([String(packagesVersion), await readFile(file)]);
}

function digest(parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n`).update(part);
  return hash.digest('hex');
}
