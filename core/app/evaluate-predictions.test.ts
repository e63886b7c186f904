import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import type { PredictedQuery, PredictionReport } from '../contract/index.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../postgres/index.ts';
import { evaluatePredictions } from './evaluate-predictions.ts';
import { openSpiderDatabases } from './open-spider-databases.ts';

let dataDir: string;
/** Keeps the server running between the tests, as another process of the app would. */
let server: EmbeddedServer;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sqlcodegen-predictions-'));
  writeSpider('zoo', "INSERT INTO Animal VALUES (1, 'Ada', 90.5), (2, 'Bo', 4), (3, 'Cy', 8)");
  writeSpider('Aviary', "INSERT INTO Animal VALUES (1, 'Kea', 1)");
  server = await startEmbeddedServer({ dataDir: join(dataDir, 'cache', 'spider-server') });
});
afterAll(async () => {
  await server?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

function writeSpider(dbId: string, rows: string): void {
  const folder = join(dataDir, 'raw', 'spider', 'database', dbId);
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, `${dbId}.sqlite`));
  database.exec(`CREATE TABLE Animal (id INTEGER PRIMARY KEY, name TEXT, weight REAL); ${rows}`);
  database.close();
}

function predict(predictedSql: string, rest: Partial<PredictedQuery> = {}): PredictedQuery {
  return { id: 'dev:0', dbId: 'zoo', goldSql: 'SELECT count(*) FROM animal', predictedSql, ...rest };
}

function writePredictions(lines: readonly unknown[]): string {
  const file = join(dataDir, 'predictions.jsonl');
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

function evaluate(
  predictions: readonly PredictedQuery[],
  rest: { timeoutMs?: number; testSuite?: number } = {},
) {
  const { signal } = new AbortController();
  return evaluatePredictions({ dataDir, file: writePredictions(predictions), signal, ...rest });
}

async function judge(prediction: PredictedQuery) {
  const { rows } = await evaluate([prediction]);
  return rows[0];
}

async function run(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const console = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    progress: () => undefined,
  };
  const code = await runCli(args, { console, signal: new AbortController().signal });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('judging', () => {
  it('runs each prediction in its own database, and keeps the order of the file', async () => {
    const report = await evaluate([
      predict('SELECT 3', { id: 'a' }),
      predict('SELECT 3', { id: 'b', dbId: 'Aviary' }),
      predict('SELECT count(name) FROM Animal', { id: 'c' }),
    ]);
    expect(report.rows.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['a', 'correct'],
      ['b', 'wrong'],
      ['c', 'correct'],
    ]);
    expect(report).toMatchObject({ n: 3, executionAccuracy: 2 / 3, goldFailed: 0, engine: 'postgresql' });
    expect(report.outcomes).toEqual({ correct: 2, wrong: 1, error: 0, timeout: 0 });
  });

  it.each([
    ['the order counts where the gold SQL has one', ' ORDER BY weight', ' ORDER BY weight DESC', 'wrong'],
    ['another order is right where it has none', '', ' ORDER BY weight DESC', 'correct'],
    ['a LIMIT that was forgotten', ' ORDER BY weight LIMIT 1', ' ORDER BY weight', 'wrong'],
    ['a LIMIT too much', ' ORDER BY weight', ' ORDER BY weight LIMIT 2', 'wrong'],
  ])('%s', async (_what, gold, predicted, outcome) => {
    const start = 'SELECT name FROM animal';
    const row = await judge(predict(start + predicted, { goldSql: start + gold }));
    expect(row).toMatchObject({ outcome });
  });

  it.each([
    ['', /statement/],
    ['SELEC 1', /Syntax error/],
    ['SELECT legs FROM animal', /column "legs" does not exist/],
    ['SELECT 1 / (id - id) FROM animal', /division by zero/],
    ['DELETE FROM animal', /./],
    ['SELECT 3; SELECT 3', /./],
    ["SELECT pg_read_file('/etc/hostname')", /./],
    ['SELECT count(*) FROM aviary.animal', /permission denied/],
    ['SELECT 3\0', /NUL/],
  ])('%j is an error, not an end', async (predictedSql, message) => {
    const report = await evaluate([predict(predictedSql), predict('SELECT 3')]);
    expect(report.rows[0]).toMatchObject({
      outcome: 'error',
      message: expect.stringMatching(message) as string,
    });
    expect(report.outcomes).toEqual({ correct: 1, wrong: 0, error: 1, timeout: 0 });
  });

  it('what takes too long is stopped, and the next one runs', async () => {
    const tables = Array.from({ length: 20 }, (_, index) => `animal AS a${index}`).join(', ');
    const report = await evaluate([predict(`SELECT count(*) FROM ${tables}`), predict('SELECT 3')], {
      timeoutMs: 300,
    });
    expect(report.outcomes).toEqual({ correct: 1, wrong: 0, error: 0, timeout: 1 });
    expect(report.rows[0]?.ms).toBeLessThan(5_000);
  });

  it('gold SQL that does not run judges nobody', async () => {
    const broken = predict('SELECT 3', { goldSql: 'SELECT legs FROM animal' });
    expect(await evaluate([broken])).toMatchObject({ n: 0, executionAccuracy: null, goldFailed: 1 });
    expect(await evaluate([broken, predict('SELECT 3')])).toMatchObject({ n: 1, executionAccuracy: 1 });
    const row = await judge(predict('SELECT 3', { goldSql: 'DROP TABLE animal' }));
    expect(row).toMatchObject({ outcome: 'gold-failed' });
  });

  it('reads as a role that owns nothing', async () => {
    const { signal } = new AbortController();
    const databases = await openSpiderDatabases(dataDir, signal);
    const database = await databases.open('Aviary');
    const { rows } = await database.runReadOnly(
      'SELECT current_user, current_schemas(false)::text, name FROM animal',
    );
    expect(rows).toEqual([['reader_of_aviary', '{aviary}', 'Kea']]);
    await expect(database.runReadOnly('DELETE FROM animal')).rejects.toMatchObject({
      code: 'SQL_NOT_READ_ONLY',
    });
    await database.close();
    await databases.close();
  });

  it('holds what is right to a test suite, if asked', async () => {
    const heavy = { goldSql: 'SELECT name FROM animal WHERE weight > 8' };
    const report = await evaluate(
      [
        predict('SELECT name FROM animal WHERE weight >= 90', { ...heavy, id: 'lucky' }),
        predict('SELECT name FROM animal WHERE NOT weight <= 8', { ...heavy, id: 'right' }),
        predict('SELECT name FROM animal', { ...heavy, id: 'wrong' }),
      ],
      { testSuite: 2 },
    );
    expect(report.executionAccuracy).toBe(2 / 3);
    expect(report.testSuite).toMatchObject({
      ...{ fillings: 2, n: 3, tried: 2, passed: 1, lost: 1, testSuiteAccuracy: 1 / 3 },
      coverage: { refused: 0, goldFailed: 0 },
      rows: [
        { id: 'lucky', verdict: 'lost' },
        { id: 'right', verdict: 'passed' },
      ],
    });
    expect(existsSync(join(dataDir, 'cache', 'test-suite', 'zoo.json'))).toBe(true);
  });

  it('ends when it is cancelled', async () => {
    const tables = Array.from({ length: 20 }, (_, index) => `animal AS a${index}`).join(', ');
    const file = writePredictions([predict('SELECT 3'), predict(`SELECT count(*) FROM ${tables}`)]);
    const controller = new AbortController();
    const work = evaluatePredictions({
      ...{ dataDir, file, timeoutMs: 60_000, signal: controller.signal },
      report: (done) => void (done === 1 && setTimeout(() => controller.abort(), 200)),
    });
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the command', () => {
  it('prints the report', async () => {
    const file = writePredictions([
      predict('SELECT 3'),
      predict('SELECT 4'),
      { ...predict('x'), mood: 'calm' },
    ]);
    const flags = ['--predictions', file, '--data-dir', dataDir];
    const { code, out } = await run('eval', ...flags, '--limit', '2', '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out) as PredictionReport;
    expect(report).toMatchObject({ n: 2, executionAccuracy: 0.5, outcomes: { correct: 1, wrong: 1 } });
    const words = await run('eval', ...flags, '--timeout-ms', '1000');
    expect(words.out).toContain('Execution accuracy on Spider, postgresql: 33.3 % (1 of 3 right).');
    expect(words.out).toContain('dev:0 zoo (error): ');
    const suite = await run('eval', ...flags, '--test-suite');
    expect(suite.out).toContain('Test-suite accuracy: 0.0 % [');
    expect(suite.out).toContain('6 fillings of each database and those made from each gold SQL:');
  });

  it.each([
    [[], /Nothing says what to evaluate\. Give --split demo/],
    [['--split', 'demo', '--predictions', 'x'], /cannot be used with/],
    [['--predictions', 'x', '--model', 'y'], /cannot be used with/],
    [['--predictions', 'nowhere.jsonl'], /The file nowhere\.jsonl cannot be read\./],
    [['--predictions', '.'], /\. is not a file\./],
  ])('eval %j is bad usage', async (flags, message) => {
    const { code, err } = await run('eval', ...flags);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it.each([
    [['{"id": "a"'], /predictions\.jsonl, line 1, is not JSON\./],
    [[predict('SELECT 3'), predict('SELECT 3', { dbId: '../zoo' })], /line 2, has no usable dbId\./],
    [[{ ...predict('x'), goldSql: undefined }], /line 1, has no usable goldSql\./],
    [[predict('x', { dbId: 'nowhere' })], /There is no database nowhere in the imported Spider\./],
    [[], /holds no prediction\./],
  ])('names what is wrong in the file %#', async (lines, message) => {
    const file = writePredictions(lines);
    if (typeof lines[0] === 'string') writeFileSync(file, lines[0]);
    const { code, err } = await run('eval', '--predictions', file, '--data-dir', dataDir);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('says what to run where the dataset was not built', async () => {
    const empty = join(dataDir, 'empty');
    mkdirSync(empty);
    const file = writePredictions([predict('SELECT 3')]);
    const { code, out, err } = await run('eval', '--predictions', file, '--data-dir', empty, '--json');
    expect(code).toBe(1);
    expect(err).toMatch(
      /^No Spider has been imported into .* Run `npm run -s sqlcodegen -- data all FILE --data-dir .*`/,
    );
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'DATASET_MISSING' } });
  });
});
