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
      const text = await readFile(unitFileOf(dbId), 'utf8').catch(() => undefined);
      const stored = text === undefined ? undefined : (JSON.parse(text) as { key: string; unit: StoredUnit });
      return stored?.key === key ? stored.unit : undefined;
    },
    write: async ({ evidence, ...unit }, key) => {
      const lines = evidence
        .toSorted((a, b) => compareCodeUnits(a.sqliteSql, b.sqliteSql))
        .map((each) => `${JSON.stringify(each)}\n`);
      // The unit comes last: it says that its evidence is there.
      await writeWhole(evidenceFileOf(unit.dbId), lines.join(''));
      await writeWhole(unitFileOf(unit.dbId), JSON.stringify({ key, unit }));
    },
  };
}

async function writeWhole(file: string, text: string): Promise<void> {
  const aside = `${file}.partial`;
  await writeFile(aside, text);
  await rename(aside, file);
}
