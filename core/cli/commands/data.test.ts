import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';

let folder: string;
let release: string;

/** A release of one database and three questions, in Spider's layout. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-data-'));
  await chmod(folder, 0o755);
  release = join(folder, 'release');
  await mkdir(join(release, 'database', 'shop'), { recursive: true });
  const database = new DatabaseSync(join(release, 'database', 'shop', 'shop.sqlite'));
  database.exec(
    "CREATE TABLE Item (Id INTEGER PRIMARY KEY, Name TEXT); INSERT INTO Item VALUES (1, 'cup'), (2, 'jug')",
  );
  database.close();
  for (const [file, query] of [
    ['train_spider', 'SELECT Name FROM Item WHERE Name = "cup"'],
    ['train_others', 'SELECT count(*) FROM Item'],
    ['dev', 'SELECT Name FROM Nowhere'],
  ]) {
    const examples = [{ db_id: 'shop', question: 'What?', query }];
    await writeFile(join(release, `${file}.json`), JSON.stringify(examples));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const lines: { out: string[]; err: string[] } = { out: [], err: [] };
  const console = {
    out: (text: string) => void lines.out.push(text),
    err: (text: string) => void lines.err.push(text),
    progress: () => undefined,
  };
  const code = await runCli(['data', ...args], { console, signal: new AbortController().signal });
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') };
}

describe('data', () => {
  it('says what to do where nothing has been imported', async () => {
    const dataDir = join(folder, 'empty');
    const { code, err } = await run('convert', '--data-dir', dataDir);
    expect(code).toBe(1);
    expect(err).toBe(
      'No Spider release has been imported. Run `sqlcodegen data import FILE` with spider.zip first.',
    );
    expect(existsSync(join(dataDir, 'processed'))).toBe(false);
  });

  it('imports a folder', async () => {
    const { code, out } = await run('import', release, '--data-dir', join(folder, 'data'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      databases: 1,
      examples: { train_spider: 1, train_others: 1, dev: 1 },
      files: 4,
    });
  });

  it('does all: a line for every pair, the failed one with both reasons', async () => {
    const dataDir = join(folder, 'data');
    const { code, out } = await run('all', '--spider', release, '--data-dir', dataDir);
    expect(code).toBe(0);
    expect(out).toMatch(/^train_spider +1 pairs: 1 verified \(100\.00 %\), 0 different, 0 failed/);
    const lines = (await readFile(join(dataDir, 'processed', 'pairs.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        split: 'train_spider',
        dbId: 'shop',
        sql: "SELECT name FROM item WHERE name = 'cup'",
        outcome: 'verified',
      },
      { split: 'train_others', sql: 'SELECT count(*) FROM item', outcome: 'verified', rows: 1 },
      {
        split: 'dev',
        outcome: 'failed',
        reason: expect.stringMatching(/relation "nowhere" does not exist; SQLite: no such table/) as string,
      },
    ]);
  });

  it('wants to know which release', async () => {
    expect((await run('all')).code).toBe(2);
  });
});
