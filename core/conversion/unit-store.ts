import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareCodeUnits } from './answers.ts';
import type { DatabaseUnit } from './convert-database.ts';

/** A finished unit without its evidence, which lies beside it as the lines to be published. */
export type StoredUnit = Omit<DatabaseUnit, 'evidence'>;

/** Where finished databases are kept between runs. */
export interface UnitStore {
  /** The unit if one was finished for this key. */
  read(dbId: string, key: string): Promise<StoredUnit | undefined>;
  write(unit: DatabaseUnit, key: string): Promise<void>;
  /** The lines of its evidence. */
  evidenceFileOf(dbId: string): string;
}

export async function openUnitStore(folder: string): Promise<UnitStore> {
  await mkdir(folder, { recursive: true });
  const unitFileOf = (dbId: string) => join(folder, `${dbId}.json`);
  const evidenceFileOf = (dbId: string) => join(folder, `${dbId}.answers.jsonl`);
  return {
    evidenceFileOf,
    read: async (dbId, key) => {
      const stored = await readStored(unitFileOf(dbId));
      if (stored?.key !== key) return undefined;
      const evidence = await readFile(evidenceFileOf(dbId)).catch(() => Buffer.alloc(0));
      return hashText(evidence) === stored.evidenceSha256 ? stored.unit : undefined;
    },
    write: async ({ evidence, ...unit }, key) => {
      const lines = evidence
        .toSorted((a, b) => compareCodeUnits(a.sqliteSql, b.sqliteSql))
        .map((each) => `${JSON.stringify(each)}\n`);
      // The unit comes last: it says that its evidence is there, and what it is.
      const text = lines.join('');
      await writeWhole(evidenceFileOf(unit.dbId), text);
      const stored: Stored = { key, evidenceSha256: hashText(text), unit };
      await writeWhole(unitFileOf(unit.dbId), JSON.stringify(stored));
    },
  };
}

interface Stored {
  key: string;
  evidenceSha256: string;
  unit: StoredUnit;
}

/** What is missing or damaged counts as not kept: the database is converted again. */
async function readStored(file: string): Promise<Stored | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Stored | undefined;
  } catch {
    return undefined;
  }
}

function hashText(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

async function writeWhole(file: string, text: string): Promise<void> {
  const aside = `${file}.partial`;
  await writeFile(aside, text);
  await rename(aside, file);
}
