import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageNames } from '../../app/spider-pipeline.ts';
import type { DatasetExample } from '../../contract/index.ts';
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
  version?: string;
}

describe('data, where nothing has been imported', () => {
  const dataDir = () => join(folder, 'empty');

  it.each(['convert', 'all'])('%s says what to do, and leaves nothing behind', async (stage) => {
    const { code, err } = await run(stage, '--data-dir', dataDir());
    expect(code).toBe(1);
    expect(err).toBe(
      `No Spider release has been imported. Run \`npm run -s sqlcodegen -- data import FILE --data-dir ${dataDir()}\` with spider.zip first.`,
    );
    expect(existsSync(join(dataDir(), 'processed'))).toBe(false);
  });

  it('says that there is nothing at the path', async () => {
    const { code, err } = await run('import', join(folder, 'absent.zip'), '--data-dir', dataDir());
    expect(code).toBe(1);
    expect(err).toMatch(/^There is nothing at .*absent\.zip\. Give the path/);
  });

  it('names what an empty folder lacks, and refuses a release without dev examples', async () => {
    const source = join(folder, 'bare');
    await mkdir(source);
    const bare = await run('all', '--spider', source, '--data-dir', dataDir());
    expect([bare.code, bare.err]).toEqual([1, expect.stringContaining(`dev.json is missing in ${source}.`)]);
    expect(bare.err).toContain(join(dataDir(), 'raw', 'spider', 'spider.zip'));
    await cp(release, source, { recursive: true });
    await writeFile(join(source, 'dev.json'), '[]');
    const { code, err } = await run('all', '--spider', source, '--data-dir', dataDir());
    expect([code, err]).toEqual([1, expect.stringContaining('dev.json holds no examples.')]);
  });

  it.each(['status', 'all', 'baseline'])('%s refuses a file as the data folder', async (command) => {
    const file = join(release, 'dev.json');
    for (const place of [file, join(file, 'below')]) {
      const { code, err } = await run(command, '--data-dir', place);
      expect([code, err]).toEqual([
        2,
        expect.stringContaining(`${place} is a file where a folder is expected.`),
      ]);
    }
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
    expect([code, err]).toEqual([1, 'Stopped. Run it again: it goes on from where it was.']);
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

  it('says which stage has to run before', async () => {
    const other = join(folder, 'other');
    await run('import', release, '--data-dir', other);
    const { code, err } = await run('split', '--data-dir', other);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^processed\/pairs\.jsonl is missing: the stage convert has not run\. Run `npm run -s sqlcodegen -- data convert --data-dir /,
    );
  });

  it('prints tokens, splits and the version', async () => {
    const { out } = await run('all', '--data-dir', dataDir);
    expect(out).toMatch(/^tokens +examples +p50 +p95 +p99 +max +linked down$/m);
    expect(out).toMatch(/^train_mistral\.jsonl +2 /m);
    expect(out).toMatch(/^split +examples +databases +easy +medium +hard +extra +overridden$/m);
    expect(out).toMatch(/^train +2 +1 +2 +0 +0 +0 +0$/m);
    expect(out).toMatch(/^Version: [0-9a-f]{12}$/m);
  });

  it('proves anew when forced, from nothing that was kept', async () => {
    const kept = join(dataDir, 'cache', 'conversion', 'shop.json');
    const before = await stat(kept);
    await run('convert', '--data-dir', dataDir, '--force');
    expect((await stat(kept)).mtimeMs).toBeGreaterThan(before.mtimeMs);
  });

  it.each([
    [['baseline', '--db', 'shop', 'nope'], /There is no database nope .* shop/],
    [['mutants', '--db', 'nope'], /There is no database nope/],
    [['mutants', '--sample', '0'], /whole number from 1/],
    [['baseline', '--db', 'shop', '--write', 'nowhere.md'], /--db is a part of them/],
  ])('refuses %j, which would measure nothing or a part', async (args, message) => {
    const { code, out, err } = await run(...args, '--data-dir', dataDir);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  it('says who is working on the folder', async () => {
    await writeFile(join(dataDir, 'pipeline.lock'), String(process.pid));
    const { code, err } = await run('convert', '--data-dir', dataDir);
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^Process ${process.pid} is working on this data folder\\. Wait`));
    await rm(join(dataDir, 'pipeline.lock'));
  });
});

describe('data override, versions and diff', () => {
  let dataDir: string;
  let before: string;
  const set = (...args: string[]) =>
    run('override', 'set', '--data-dir', dataDir, '--by', 'Ada', '--why', 'Not what was asked.', ...args);
  const readTrain = async () => {
    const text = await readFile(join(dataDir, 'processed', 'train_postgres.jsonl'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as DatasetExample);
  };

  beforeAll(async () => {
    dataDir = join(folder, 'overridden');
    const { out } = await run('all', '--spider', release, '--data-dir', dataDir, '--json');
    before = (JSON.parse(out) as RunJson).version ?? '';
  });

  it('runs the SQL on PostgreSQL, and says whether its rows are those of the gold query', async () => {
    const equal = await set('--id', 'train_others:0', '--sql', 'SELECT count(id) FROM item', '--json');
    expect(JSON.parse(equal.out)).toMatchObject({
      override: { proof: { rows: 1, equalsGold: true } },
    });
    const other = await set(
      '--id',
      'train_others:0',
      '--sql',
      'SELECT max(id) + 1 FROM item;',
      '--on',
      '2026-01-31',
    );
    expect(other.code).toBe(0);
    expect(other.out).toMatch(/^sql +SELECT count\(\*\) FROM item\n +now SELECT max\(id\) \+ 1 FROM item$/m);
    expect(other.out).toMatch(/^It returns 1 rows, other than the published query on SQLite/m);
    expect(other.out).toMatch(
      /^The SQL by Ada of [\d-]+ is replaced, and kept in its history: SELECT count\(id\) FROM item$/m,
    );
  });

  it('keeps the SQL where only the question is given, and says so', async () => {
    const question = ['--id', 'train_others:0', '--question', 'Which?', '--on', '2026-02-01', '--by', 'Bob'];
    const { out } = await set(...question);
    expect(out).toMatch(/^The SQL by Ada of 2026-01-31 stays: Not what was asked\.$/m);
    expect(out).toMatch(/^It returns 1 rows, other than/m);
    const text = await readFile(join(dataDir, 'overrides.jsonl'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      ...{ question: 'Which?', by: 'Bob', sql: 'SELECT max(id) + 1 FROM item' },
      history: [{ sql: 'SELECT count(id) FROM item' }, { sql: 'SELECT max(id) + 1 FROM item', by: 'Ada' }],
    });
  });

  it.each([
    ['SELECT nope FROM item', /line 2, dev:0: PostgreSQL refuses the corrected SQL: column "nope"/],
    ['DELETE FROM item', /line 2, dev:0: DELETE is not a read-only query/],
  ])('stops at what was written by hand and is wrong: %s', async (sql, message) => {
    const file = join(dataDir, 'overrides.jsonl');
    const stored = await readFile(file, 'utf8');
    const line = JSON.stringify({ id: 'dev:0', sql, by: 'Eve', why: 'Why not?', on: '2026-02-01' });
    await writeFile(file, `${stored}${line}\n`);
    const { code, err } = await run('format', '--data-dir', dataDir);
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
    await writeFile(file, stored);
  });

  it.each([
    [
      'an example that does not exist',
      ['--id', 'dev:7', '--sql', 'SELECT 1'],
      1,
      /^There is no example dev:7\./,
    ],
    ['an id that is none', ['--id', '7', '--sql', 'SELECT 1'], 2, /SPLIT:POSITION/],
    [
      'nothing to replace',
      ['--id', 'dev:0'],
      2,
      /replaces neither the question nor the SQL.*the right SQL, or both/s,
    ],
    [
      'a function that a model may not call',
      ['--id', 'dev:0', '--sql', 'SELECT pg_sleep(1)'],
      1,
      /^pg_sleep\(\) .*\. Write one SELECT that only reads/,
    ],
    [
      'a statement that cannot be read',
      ['--id', 'dev:0', '--sql', 'SELECT name FROM WHERE id = 1'],
      1,
      /Correct the statement at character 18: WHERE id = 1$/,
    ],
    ['a statement that writes', ['--id', 'dev:0', '--sql', 'DELETE FROM item'], 1, /not a read-only query/],
    [
      'a table that does not exist',
      ['--id', 'dev:0', '--sql', 'SELECT 1 FROM nowhere'],
      1,
      /relation "nowhere" does not exist/,
    ],
    [
      'a column that does not exist',
      ['--id', 'dev:0', '--sql', 'SELECT colour FROM item'],
      1,
      /column "colour" does not exist/,
    ],
    [
      'a division by zero',
      ['--id', 'dev:0', '--sql', 'SELECT 1 / (id - 1) FROM item'],
      1,
      /division by zero/,
    ],
  ])('refuses %s, and stores nothing', async (_what, args, code, message) => {
    const stored = await readFile(join(dataDir, 'overrides.jsonl'), 'utf8');
    const refused = await set(...args);
    expect([refused.code, refused.out]).toEqual([code, '']);
    expect(refused.err).toMatch(message);
    expect(await readFile(join(dataDir, 'overrides.jsonl'), 'utf8')).toBe(stored);
  });

  it('is applied on top by the next run, which redoes only what depends on it', async () => {
    const pairs = await readFile(join(dataDir, 'processed', 'pairs.jsonl'), 'utf8');
    const { err } = await run('all', '--data-dir', dataDir);
    expect(err.split('\n').map((line) => line.replace(/ in [\d.]+ s$/, ''))).toEqual([
      ...stageNames.slice(0, stageNames.indexOf('format')).map((name) => `${name}: nothing to do`),
      ...stageNames.slice(stageNames.indexOf('format')).map((name) => `${name}: done`),
    ]);
    expect(await readFile(join(dataDir, 'processed', 'pairs.jsonl'), 'utf8')).toBe(pairs);
    const corrected = (await readTrain()).find(({ id }) => id === 'train_others:0');
    expect(corrected).toMatchObject({
      sql: 'SELECT max(id) + 1 FROM item',
      sqliteSql: 'SELECT count(*) FROM Item',
      question: 'Which?',
      override: { by: 'Bob', on: '2026-02-01', proof: { rows: 1, equalsGold: false } },
    });
    expect(corrected?.completion).toContain('SELECT max(id) + 1 FROM item');
  });

  it('is listed with who, why and when', async () => {
    const { out } = await run('override', 'list', '--data-dir', dataDir);
    expect(out).toMatch(/^train_others:0 +SQL +2026-01-31 +Ada +Not what was asked\.$/m);
    expect(out).toMatch(/^train_others:0 +question +2026-02-01 +Bob +Not what was asked\.$/m);
  });

  it('makes another version, and the difference is the correction', async () => {
    const { versions } = JSON.parse((await run('versions', '--data-dir', dataDir, '--json')).out) as {
      versions: { version: string; isCurrent: boolean }[];
    };
    expect(versions).toHaveLength(2);
    const now = versions.find(({ isCurrent }) => isCurrent)?.version ?? '';
    expect(now).not.toBe(before);
    const { out } = await run('diff', before, now.slice(0, 6), '--data-dir', dataDir);
    expect(out).toMatch(
      new RegExp(`^${before} → ${now}: 0 added, 0 removed, 1 changed, 0 moved, 1 unchanged$`, 'm'),
    );
    expect(out).toMatch(
      /^ +sql was "SELECT count\(\*\) FROM item"\n +now "SELECT max\(id\) \+ 1 FROM item"$/m,
    );
  });

  it('is taken back, and the first version is current again', async () => {
    const removed = await run('override', 'remove', '--id', 'train_others:0', '--data-dir', dataDir);
    expect(removed.code).toBe(0);
    const again = await run('override', 'remove', '--id', 'train_others:0', '--data-dir', dataDir);
    expect([again.code, again.err]).toEqual([
      1,
      expect.stringContaining('There is no override for train_others:0'),
    ]);
    const { out } = await run('all', '--data-dir', dataDir, '--json');
    expect((JSON.parse(out) as RunJson).version).toBe(before);
    const { out: table } = await run('versions', '--data-dir', dataDir);
    expect(table).toMatch(new RegExp(`^${before} .*current$`, 'm'));
  });

  it('says that a version does not exist', async () => {
    const { code, err } = await run('diff', before, 'zzz', '--data-dir', dataDir);
    expect([code, err]).toEqual([1, expect.stringContaining('There is no version zzz.')]);
  });
});
