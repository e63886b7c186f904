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
  await writeFile(join(release, 'tables.json'), '[]');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  return runWith(new AbortController().signal, ...args);
}

async function runWith(signal: AbortSignal, ...args: string[]) {
  const lines: { out: string[]; err: string[] } = { out: [], err: [] };
  const console = {
    out: (text: string) => void lines.out.push(text),
    err: (text: string) => void lines.err.push(text),
    progress: () => undefined,
  };
  const code = await runCli(['data', ...args], { console, signal });
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') };
}

interface RunJson {
  stages: { stage: string; outcome: string; seconds: number }[];
  pairs: unknown;
}

describe('data, where nothing has been imported', () => {
  const dataDir = () => join(folder, 'empty');

  it.each(['convert', 'all'])('%s says what to do, and leaves nothing behind', async (stage) => {
    const { code, err } = await run(stage, '--data-dir', dataDir());
    expect(code).toBe(1);
    expect(err).toBe(
      'No Spider release has been imported. Run `sqlcodegen data import FILE` with spider.zip first.',
    );
    expect(existsSync(join(dataDir(), 'processed'))).toBe(false);
  });

  it('says that there is nothing at the path', async () => {
    const { code, err } = await run('import', join(folder, 'absent.zip'), '--data-dir', dataDir());
    expect(code).toBe(1);
    expect(err).toMatch(/^There is nothing at .*absent\.zip\. Give the path/);
  });

  it('takes only stages that exist', async () => {
    expect((await run('nonsense')).code).toBe(2);
  });
});

describe('data', () => {
  let dataDir: string;

  beforeAll(() => {
    dataDir = join(folder, 'data');
  });

  it('imports a folder, once', async () => {
    const first = await run('import', release, '--data-dir', dataDir, '--json');
    expect([first.code, first.err.split('\n')[0]]).toEqual([0, expect.stringMatching(/^import: done/)]);
    expect(JSON.parse(first.out)).toMatchObject({
      stages: [{ stage: 'import', outcome: 'done' }],
      import: { databases: 1, examples: { train_spider: 1, train_others: 1, dev: 1 }, files: 5 },
    });
    const second = await run('import', release, '--data-dir', dataDir);
    expect(second.err).toBe('import: nothing to do');
  });

  it('stops where it is cancelled, and says so', async () => {
    const { code, err } = await runWith(AbortSignal.abort(), 'all', '--data-dir', dataDir);
    expect([code, err]).toEqual([1, 'The request was cancelled.']);
  });

  it('does all that is left to do: a line for every pair, the failed one with both reasons', async () => {
    const { code, out, err } = await run('all', '--spider', release, '--data-dir', dataDir);
    expect([code, err.split('\n')[0]]).toEqual([0, 'import: nothing to do']);
    expect(err).toMatch(/^convert: done in [\d.]+ s$/m);
    expect(out).toMatch(/^pairs +all +verified +verified-on-generated-rows +nondeterministic +failed$/m);
    expect(out).toMatch(/^train_spider +1 +1 +0 +0 +0$/m);
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

  it('has nothing to do the second time, without the release, and prints the same', async () => {
    const { code, out } = await run('all', '--data-dir', dataDir, '--json');
    expect(code).toBe(0);
    const { stages, pairs } = JSON.parse(out) as RunJson;
    expect(stages.map((stage) => stage.outcome)).toEqual(stages.map(() => 'nothing-to-do'));
    expect(pairs).toEqual({
      train_spider: { verified: 1 },
      train_others: { verified: 1 },
      dev: { failed: 1 },
    });
  });

  it('tells which stage is stale, and makes again what was damaged', async () => {
    const pairsFile = join(dataDir, 'processed', 'pairs.jsonl');
    const before = await readFile(pairsFile, 'utf8');
    await writeFile(pairsFile, before.replace('cup', 'cap'));
    const status = await run('status', '--data-dir', dataDir);
    expect(status.out).toMatch(/^import +done$/m);
    expect(status.out).toMatch(/^convert +stale +the output processed\/pairs\.jsonl has changed$/m);
    const again = await run('convert', '--data-dir', dataDir);
    expect(again.err).toMatch(/^convert: done in/);
    expect(await readFile(pairsFile, 'utf8')).toBe(before);
  });

  it('says who is working on the folder', async () => {
    await writeFile(join(dataDir, 'cache', 'pipeline.lock'), String(process.pid));
    const { code, err } = await run('convert', '--data-dir', dataDir);
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^Process ${process.pid} is working on this data folder\\. Wait`));
    await rm(join(dataDir, 'cache', 'pipeline.lock'));
  });
});
