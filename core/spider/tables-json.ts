import { join } from 'node:path';
import { z } from 'zod';
import { tablesFile } from './layout.ts';
import { readJsonFile } from './read-json.ts';

/** `[table's index, column's name]`; the first of all is `[-1, '*']`. */
const columnSchema = z.tuple([z.number().int(), z.string()]);

const entrySchema = z.object({
  db_id: z.string(),
  table_names_original: z.array(z.string()),
  column_names_original: z.array(columnSchema),
  /** Indexes of columns; some copies group those of one key in a list. */
  primary_keys: z.array(z.union([z.number().int(), z.array(z.number().int())])),
  foreign_keys: z.array(z.tuple([z.number().int(), z.number().int()])),
});

/** What tables.json says of one database. Columns are written `table.column`. */
export interface PublishedSchema {
  dbId: string;
  tables: string[];
  columns: string[];
  primaryKeys: string[];
  /** `table.column > table.column`. */
  foreignKeys: string[];
}

/** Blocks: for a worker thread. @throws AppError DATASET_MISSING or DATASET_CORRUPT, naming the file. */
export async function readPublished({ spiderDir }: { spiderDir: string }): Promise<PublishedSchema[]> {
  const path = join(spiderDir, tablesFile);
  const entries = await readJsonFile(path, z.array(entrySchema), 'a list of schemas');
  return entries.map((entry) => {
    const columns = entry.column_names_original.map(
      ([table, column]) => `${entry.table_names_original[table] ?? ''}.${column}`,
    );
    const nameOf = (index: number) => columns[index] ?? `column ${index}`;
    return {
      dbId: entry.db_id,
      tables: entry.table_names_original,
      columns: columns.filter((_, index) => entry.column_names_original[index]?.[0] !== -1),
      primaryKeys: entry.primary_keys.flat().map(nameOf),
      foreignKeys: entry.foreign_keys.map(([from, to]) => `${nameOf(from)} > ${nameOf(to)}`),
    };
  });
}
