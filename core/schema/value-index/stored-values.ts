import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import type { ValueSample } from '../find-hints.ts';

const columnSchema = z.object({
  namespace: z.string(),
  table: z.string(),
  column: z.string(),
  values: z.array(z.string()),
  /** Whether these are all distinct values. */
  isComplete: z.boolean(),
  /** Why nothing is kept: what it looks like, or what stopped the reading. */
  leftOut: z.string().optional(),
});
export type StoredColumn = z.infer<typeof columnSchema>;

const tableStateSchema = z.object({
  /** Rows inserted, updated and deleted, as PostgreSQL counts them; and its estimate of rows. */
  changes: z.number(),
  rows: z.number(),
});
export type TableState = z.infer<typeof tableStateSchema>;

const storedSchema = z.object({
  version: z.literal(1),
  readAt: z.iso.datetime(),
  columns: z.array(columnSchema),
  /** By `namespace.table`: how the table was when it was read. */
  tables: z.record(z.string(), tableStateSchema),
});
export type StoredValues = z.infer<typeof storedSchema>;

export const samplesOfStored = ({ columns }: StoredValues): ValueSample[] =>
  columns
    .filter(({ values }) => values.length > 0)
    .map(({ namespace, table, column, values }) => ({ namespace, table, column, values }));

export interface ValueFiles {
  /** Undefined where there is none; a damaged file is removed, and counts as none. */
  read(key: string): Promise<StoredValues | undefined>;
  /** @returns the file's size in bytes */
  write(key: string, values: StoredValues): Promise<number>;
  remove(key: string): Promise<void>;
  /** @returns how many there were */
  removeAll(): Promise<number>;
}

const [compress, expand] = [promisify(gzip), promisify(gunzip)];
const ending = '.values.gz';
/** No file that this writes expands to more. */
const maxExpandedBytes = 256 * 1024 * 1024;

/**
 * One compressed file a connection in a folder that only the user may read, named by the key's hash. The checksum that
 * gzip keeps and the schema tell whether a file is whole. `keyOf` leaves out of a key what nothing may remember, such as
 * a password; all of it counts by default.
 */
export function createValueFiles(folder: string, keyOf = (key: string) => key): ValueFiles {
  const fileOf = (key: string) =>
    join(folder, `${createHash('sha256').update(keyOf(key)).digest('hex').slice(0, 32)}${ending}`);
  return {
    async read(key) {
      const bytes = await readFile(fileOf(key)).catch(() => undefined);
      if (bytes === undefined) return undefined;
      try {
        const text = (await expand(bytes, { maxOutputLength: maxExpandedBytes })).toString('utf8');
        return storedSchema.parse(JSON.parse(text));
      } catch {
        await rm(fileOf(key), { force: true });
        return undefined;
      }
    },
    async write(key, values) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const bytes = await compress(JSON.stringify(values));
      const aside = `${fileOf(key)}.${randomUUID()}.part`;
      try {
        await writeFile(aside, bytes, { mode: 0o600 });
        await rename(aside, fileOf(key));
      } finally {
        await rm(aside, { force: true });
      }
      return bytes.length;
    },
    remove: (key) => rm(fileOf(key), { force: true }),
    async removeAll() {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.includes(ending));
      for (const name of names) await rm(join(folder, name), { force: true });
      return names.length;
    },
  };
}
