import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { importSpider } from '../import.ts';
import { sqliteFileOf } from '../layout.ts';

export interface TestRelease {
  /** DDL and rows by database. */
  databases: Record<string, string>;
  /** Gold SQL of the dev split: `[dbId, sql]`. */
  dev: [string, string][];
  /** What tables.json says; nothing by default. */
  published?: unknown[];
}

/** Writes a small release with real SQLite files into a folder. */
export async function writeRelease(folder: string, release: TestRelease): Promise<void> {
  const dev = release.dev.map(([dbId, query]) => ({ db_id: dbId, question: 'What?', query }));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'train_spider.json'), '[]');
  await writeFile(join(folder, 'train_others.json'), '[]');
  await writeFile(join(folder, 'dev.json'), JSON.stringify(dev));
  await writeFile(join(folder, 'tables.json'), JSON.stringify(release.published ?? []));
  for (const [dbId, sql] of Object.entries(release.databases)) {
    const file = sqliteFileOf(folder, dbId);
    await mkdir(dirname(file), { recursive: true });
    const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    database.exec(sql);
    database.close();
  }
}

/** The same, imported. */
export async function importRelease(folder: string, spiderDir: string, release: TestRelease): Promise<void> {
  await writeRelease(folder, release);
  await importSpider(folder, spiderDir);
}
