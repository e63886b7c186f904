import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { generatedRowsSchema, type GeneratedRows } from '../../contract/index.ts';
import { shuffleRows } from './shuffle-rows.ts';
import type { SuiteSource } from './suite-schema.ts';

const keptSchema = z.object({ key: z.string(), fillings: z.array(generatedRowsSchema) });

/**
 * The fillings of one database, from the folder where they have been made before for the same shipped rows, count and
 * seed by the same code; else made and kept there.
 * @param codeHash of the code that makes them
 */
export async function keepFillings(
  folder: string,
  source: SuiteSource,
  { count, seed, codeHash }: { count: number; seed: number; codeHash: string },
): Promise<GeneratedRows[]> {
  const { tables, shipped } = source;
  const parts = JSON.stringify([codeHash, count, seed, tables, [...shipped]]);
  const key = createHash('sha256').update(parts).digest('hex').slice(0, 16);
  const file = join(folder, `${source.dbId}.json`);
  const kept = await readKept(file);
  if (kept?.key === key) return kept.fillings;
  const fillings = Array.from({ length: count }, (_, index) => shuffleRows(source, index + 1, seed));
  await mkdir(folder, { recursive: true });
  // Written aside and renamed: there is a whole file or none.
  await writeFile(`${file}.${process.pid}.partial`, JSON.stringify({ key, fillings }));
  await rename(`${file}.${process.pid}.partial`, file);
  return fillings;
}

async function readKept(file: string): Promise<z.infer<typeof keptSchema> | undefined> {
  try {
    return keptSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Absent or damaged: made anew.
    return undefined;
  }
}
