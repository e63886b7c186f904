import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { openPromise } from 'yauzl';
import type { DatabaseSchema } from '../../contract/index.ts';
import { makeSchema } from './small-spider.ts';

const spiderZip = resolve(import.meta.dirname, '..', '..', '..', '..', 'shared', 'datasets', 'spider.zip');

/** Says in a test's name what it lacks; empty where Spider is there. */
export const spiderMissing = existsSync(spiderZip)
  ? ''
  : ' (skipped: ../shared/datasets/spider.zip is not there)';

/** A JSON file of the release. */
export async function readSpiderJson(name: string): Promise<unknown> {
  const zip = await openPromise(spiderZip, { lazyEntries: true, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName === `spider/${name}`)
        return JSON.parse(await text(await zip.openReadStreamPromise(entry)));
    }
  } finally {
    zip.close();
  }
  throw new Error(`The zip holds no ${name}.`);
}

interface TablesEntry {
  db_id: string;
  table_names_original: string[];
  column_names_original: [number, string][];
}

/** The names of all databases by `dbId`, as tables.json has them; every column is text. */
export async function readSpiderNames(): Promise<Map<string, DatabaseSchema>> {
  const entries = (await readSpiderJson('tables.json')) as TablesEntry[];
  return new Map(
    entries.map(({ db_id, table_names_original, column_names_original }) => {
      const tables = table_names_original.map((name, index): [string, string[]] => [
        name.toLowerCase(),
        column_names_original.filter(([at]) => at === index).map(([, column]) => column.toLowerCase()),
      ]);
      return [db_id, makeSchema(db_id, Object.fromEntries(tables))];
    }),
  );
}
