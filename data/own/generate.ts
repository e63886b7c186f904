import { writeFileSync } from 'node:fs';
import { renderScript, type TableRows } from './generation/script.ts';
import { honeyCoopRows } from './honey_coop/rows.ts';
import { marinaRows } from './marina/rows.ts';
import { waterLabRows } from './water_lab/rows.ts';

const makers: Record<string, () => TableRows[]> = {
  honey_coop: honeyCoopRows,
  marina: marinaRows,
  water_lab: waterLabRows,
};

export const ownDatabases: readonly string[] = Object.keys(makers);

/** The whole script of one database, tables and rows: the same text on every call and machine. */
export function generateOwnSql(name: string): string {
  const make = makers[name];
  if (make === undefined) throw new RangeError(`No database ${name}. There are: ${ownDatabases.join(', ')}.`);
  return renderScript(name, make());
}

if (import.meta.main) {
  for (const name of ownDatabases) {
    writeFileSync(new URL(`./${name}/schema.sql`, import.meta.url), generateOwnSql(name));
  }
}
