import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareCodeUnits } from './answers.ts';
import type { DatabaseUnit } from './convert-database.ts';

/** A finished unit without its evidence, which lies beside it as the lines to be published. */
export type StoredUnit = Omit<DatabaseUnit, 'evidence'>;

/** Where finished databases are kept between runs. */
export interface UnitStore {
  /** The unit if one was finished for this key, and it and its evidence are as they were written. */
  read(dbId: string, key: string): Promise<StoredUnit | undefined>;
  write(unit: DatabaseUnit, key: string): Promise<void>;
  /** The lines of its evidence. */
  evidenceFileOf(dbId: string): string;
}

/**
 * Opens the store in a folder, which is made. What is damaged there, cut short or unreadable counts as not kept, so
 * that its database is converted again.
 */
export async function openUnitStore(folder: string): Promise<UnitStore> {
  await mkdir(folder, { recursive: true });
  const unitFileOf = (dbId: string) => join(folder, `${dbId}.json`);
  const evidenceFileOf = (dbId: string) => join(folder, `${dbId}.answers.jsonl`);
  return {
    evidenceFileOf,
    read: async (dbId, key) => {
      const file = await readIfPossible(unitFileOf(dbId));
      const [seal, text] = splitFirstLine(file?.toString('utf8') ?? '');
      const evidence = await readIfPossible(evidenceFileOf(dbId));
      if (evidence === undefined || seal !== sealOf(key, text, evidence)) return undefined;
      return JSON.parse(text) as StoredUnit;
    },
    write: async ({ evidence, ...unit }, key) => {
      const lines = evidence
        .toSorted((a, b) => compareCodeUnits(a.sqliteSql, b.sqliteSql))
        .map((each) => `${JSON.stringify(each)}\n`);
      const text = JSON.stringify(unit);
      // The unit comes last: it says that its evidence is there.
      await writeWhole(evidenceFileOf(unit.dbId), lines.join(''));
      await writeWhole(unitFileOf(unit.dbId), `${sealOf(key, text, lines.join(''))}\n${text}`);
    },
  };
}

/** The first line of a unit's file: nothing else than what was written for this key has it. */
function sealOf(key: string, unit: string, evidence: string | Buffer): string {
  return sha256Of([key, sha256Of([unit]), sha256Of([evidence])]);
}

function sha256Of(parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function splitFirstLine(text: string): [string, string] {
  const end = text.indexOf('\n');
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)];
}

/** Whatever hinders the reading: what it holds can be made again. */
function readIfPossible(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined);
}

async function writeWhole(file: string, text: string): Promise<void> {
  const aside = `${file}.partial`;
  await writeFile(aside, text);
  await rename(aside, file).catch(async (error: NodeJS.ErrnoException) => {
    // What lies there cannot be replaced, as a folder: nothing of ours.
    if (!['EISDIR', 'ENOTEMPTY', 'EPERM', 'EACCES'].includes(error.code ?? '')) throw error;
    await rm(file, { recursive: true, force: true });
    await rename(aside, file);
  });
}
