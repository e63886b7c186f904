import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sqliteFileOf } from '../spider/layout.ts';

/** To be raised when a package that rewrites or proves is updated: the sources do not show that. */
const packagesVersion = 1;

/** Files that cannot change what is found out about a database. */
const withoutEffect = /\.test\.ts$|^(report|convert\.ts|assemble|publish|read-|worker|index)/;
/** Files on which only the loaded rows depend. */
const loads = /^(load|types|key-types|names|sqlite)/;

/** Changes whenever loading the database would give something else. @throws AppError where its file is missing. */
export async function hashLoad(spiderDir: string, dbId: string): Promise<string> {
  const [code, file] = await Promise.all([hashCode(loads), hashSqlite(spiderDir, dbId)]);
  return digest([code, file]);
}

/** Changes whenever converting these examples of the database would give something else. */
export async function hashUnit(spiderDir: string, dbId: string, facts: unknown): Promise<string> {
  const [code, file] = await Promise.all([hashCode(/./), hashSqlite(spiderDir, dbId)]);
  return digest([code, file, JSON.stringify(facts)]);
}

async function hashSqlite(spiderDir: string, dbId: string): Promise<string> {
  const bytes = await readFile(sqliteFileOf(spiderDir, dbId)).catch(() => Buffer.alloc(0));
  return digest([bytes]);
}

const codeHashes = new Map<string, Promise<string>>();

/** As sources, the hash of their bytes; bundled, of the bundle's. Read once: a running process does not change. */
function hashCode(which: RegExp): Promise<string> {
  const known = codeHashes.get(which.source) ?? hashSources(which);
  codeHashes.set(which.source, known);
  return known;
}

async function hashSources(which: RegExp): Promise<string> {
  const files = await listCodeFiles(which);
  const parts = await Promise.all(files.map(async (file) => [basename(file), await readFile(file)]));
  return digest([String(packagesVersion), ...parts.flat()]);
}

async function listCodeFiles(which: RegExp): Promise<string[]> {
  if (!import.meta.filename.endsWith('.ts')) return [import.meta.filename];
  const here = import.meta.dirname;
  const folders = [here, join(here, 'filling')];
  const own = (await Promise.all(folders.map(listSources))).flat();
  const spider = await listSources(join(here, '..', 'spider'));
  const reading = spider.filter((file) => /^(sqlite|run-gold|examples)/.test(basename(file)));
  return [...own, ...reading].filter((file) => which.test(basename(file)));
}

async function listSources(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !withoutEffect.test(name));
  return names.sort().map((name) => join(folder, name));
}

function digest(parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n`).update(part);
  return hash.digest('hex');
}
