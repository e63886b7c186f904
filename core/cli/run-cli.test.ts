import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../app/index.ts';
import { runCli } from './run-cli.ts';

let dir: string;
let core: Core;
let demoUrl: string;

/** One embedded server for the whole file; commands share it as two processes of the app would. */
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cli-'));
  process.env.SQLCODEGEN_DATA_DIR = dir;
  core = await createCore({ dataDir: dir, version: 'test' });
  const context = { signal: new AbortController().signal };
  demoUrl = (await core.handlers['demo.url']({ name: 'ecommerce' }, context)).url;
}, 120_000);

afterAll(async () => {
  await core.close();
  await run('demo', 'stop');
  rmSync(dir, { recursive: true, force: true });
});

async function run(...args: string[]) {
  return runWith(new AbortController().signal, ...args);
}

async function runWith(signal: AbortSignal, ...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const console = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    progress: () => undefined,
  };
  const code = await runCli(args, { console, signal });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('usage', () => {
  it.each([
    [['nonsense']],
    [['query', 'SELECT 1']],
    [['query', 'SELECT 1', '--db', 'nowhere']],
    [['query', 'SELECT 1', '--db', 'demo:nowhere']],
    [['query', 'SELECT 1', '--db', 'demo:retail', '--max-rows', '0']],
    [['ask', '  ', '--db', 'demo:retail']],
    [['eval', '--split', 'nowhere']],
    [['demo', 'url', 'nowhere']],
    [['predict', '--db', 'demo:retail']],
    [['serve', '--port', 'http']],
    [['values', 'index']],
    [['values', 'search', '--db', 'demo:retail']],
  ])('%j is bad usage: exit code 2, a reason on stderr, nothing on stdout', async (args) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).not.toBe('');
    expect(out).toBe('');
  });

  it('--help and --version succeed', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('predict') });
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('query', () => {
  it('prints a table', async () => {
    const { code, out } = await run('query', 'SELECT count(*) AS n FROM customers', '--db', 'demo:ecommerce');
    expect(code).toBe(0);
    expect(out).toMatch(/^n\n-+\n\d+\n\(1 row\)$/);
  });

  it('prints JSON, by URL, with a row cap', async () => {
    const { code, out } = await run(
      ...['query', 'SELECT id FROM customers ORDER BY id', '--db', demoUrl, '--max-rows', '2', '--json'],
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ rowCount: 2, truncated: true, columns: [{ name: 'id' }] });
  });

  it('refuses what is not read-only', async () => {
    const { code, out, err } = await run(
      'query',
      'DELETE FROM customers',
      '--db',
      'demo:ecommerce',
      '--json',
    );
    expect(code).toBe(1);
    expect(err).toMatch(/DELETE is not .*\. /);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'SQL_NOT_READ_ONLY' } });
  });

  it('says when there is no server', async () => {
    const { code, err } = await run('query', 'SELECT 1', '--db', 'postgres://ann@127.0.0.1:1/x');
    expect(code).toBe(1);
    expect(err).toMatch(/127\.0\.0\.1:1.*\. .+/);
  });

  it('keeps no password in the history', async () => {
    await run('query', 'SELECT 41', '--db', demoUrl);
    const context = { signal: new AbortController().signal };
    const [entry] = await core.handlers['history.list']({ limit: 1 }, context);
    expect(entry).toMatchObject({ sql: 'SELECT 41', outcome: 'succeeded' });
    expect(entry?.connectionId).toContain('127.0.0.1');
    expect(entry?.connectionId).not.toContain(new URL(demoUrl).password);
  });

  it('stops on Ctrl-C', async () => {
    const startedAt = performance.now();
    const { code, err } = await runWith(
      AbortSignal.timeout(500),
      ...['query', 'SELECT pg_sleep(30)', '--db', 'demo:ecommerce'],
    );
    expect([code, err]).toEqual([1, expect.stringContaining('cancelled')]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

describe('demo', () => {
  it('lists five databases with ten questions each', async () => {
    const databases = JSON.parse((await run('demo', 'list', '--json')).out) as { questions: unknown[] }[];
    expect(databases.map((database) => database.questions.length)).toEqual([10, 10, 10, 10, 10]);
  });

  it('prints a URL that works', async () => {
    const { code, out } = await run('demo', 'url', 'ecommerce');
    expect([code, out]).toEqual([0, demoUrl]);
  });

  it('stop takes back that the URL stays good', async () => {
    expect(await run('demo', 'stop')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Another process'),
    });
  });
});

describe('predict', () => {
  const questions = () => join(dir, 'questions.jsonl');
  const predictions = () => join(dir, 'predictions.jsonl');
  const readLines = () =>
    readFileSync(predictions(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('writes one line for every line that is not blank, in order, whatever they are', async () => {
    writeFileSync(
      questions(),
      '{"id":"a","question":"How many customers are there?"}\nnot json\n\n{"question":"x","db":"demo:nowhere"}\n{"id":9}',
    );
    process.env.SQLCODEGEN_STARTER_MODEL = join(dir, 'no-such-model.gguf');
    const { code, err } = await run(
      ...['predict', '--db', demoUrl, '--questions', questions(), '--out', predictions()],
    );
    delete process.env.SQLCODEGEN_STARTER_MODEL;
    const lines = readLines();
    expect(lines.map((line) => line.id)).toEqual(['a', 'line-2', 'line-4', 9]);
    expect(lines.map((line) => line.outcome)).toEqual(['failed', 'not-run', 'not-run', 'not-run']);
    for (const line of lines)
      expect(line).toMatchObject({ sql: '', ms: expect.any(Number), message: expect.any(String) });
    expect([code, err]).toEqual([1, expect.stringContaining('4 lines written')]);
  });

  it('leaves the history to the questions that people ask', async () => {
    const context = { signal: new AbortController().signal };
    const before = await core.handlers['history.list']({ limit: 1_000 }, context);
    writeFileSync(questions(), '{"question":"How many customers are there?"}\n');
    await run('predict', '--db', demoUrl, '--questions', questions(), '--out', predictions());
    expect(readLines()).toMatchObject([{ id: 'line-1', sql: expect.stringContaining('customers') }]);
    expect(await core.handlers['history.list']({ limit: 1_000 }, context)).toEqual(before);
  });

  it('of an empty file writes an empty file', async () => {
    writeFileSync(questions(), '');
    const args = ['predict', '--db', demoUrl, '--questions', questions(), '--out', predictions(), '--json'];
    expect(JSON.parse((await run(...args)).out)).toEqual({ lines: 0, answered: 0, out: predictions() });
    expect(readFileSync(predictions(), 'utf8')).toBe('');
  });

  it('never writes over its own questions', async () => {
    const line = '{"id": 1, "question": "How many stores are there?"}\n';
    writeFileSync(questions(), line);
    const found = await run('predict', '--db', demoUrl, '--questions', questions(), '--out', questions());
    expect(found).toMatchObject({ code: 2, err: expect.stringContaining('the questions are read from') });
    expect(readFileSync(questions(), 'utf8')).toBe(line);
  });

  it('says which file cannot be used', async () => {
    const missing = join(dir, 'missing.jsonl');
    expect(
      await run('predict', '--db', demoUrl, '--questions', missing, '--out', predictions()),
    ).toMatchObject({
      code: 1,
      err: expect.stringContaining(missing),
    });
    writeFileSync(questions(), '');
    const nowhere = join(dir, 'no', 'folder.jsonl');
    expect(
      (await run('predict', '--db', demoUrl, '--questions', questions(), '--out', nowhere)).err,
    ).toContain(nowhere);
  });
});

describe('serve', () => {
  it('prints one address, answers there, and stops on Ctrl-C', async () => {
    const controller = new AbortController();
    const lines: string[] = [];
    const console = {
      out: (text: string) => void lines.push(text),
      err: () => undefined,
      progress: () => undefined,
    };
    const ended = runCli(['serve', '--no-open'], { console, signal: controller.signal });
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(1);
    const url = /http:\S+/.exec(lines[0] ?? '')?.[0] ?? '';
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
    expect((await fetch(new URL('/', url))).status).toBe(401);
    controller.abort();
    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('store', () => {
  it('reset moves the store aside and keeps it', async () => {
    const own = mkdtempSync(join(tmpdir(), 'cli-store-'));
    process.env.SQLCODEGEN_DATA_DIR = own;
    try {
      const file = (await run('store', 'path')).out;
      writeFileSync(file, 'no database, '.repeat(500));
      expect(await run('models', 'list')).toMatchObject({
        code: 1,
        err: expect.stringContaining('store reset'),
      });
      const { code, out } = await run('store', 'reset');
      expect(code).toBe(0);
      expect(readFileSync(out.replace('The store was moved to ', ''), 'utf8')).toContain('no database');
      expect((await run('models', 'list')).code).toBe(0);
    } finally {
      process.env.SQLCODEGEN_DATA_DIR = dir;
      rmSync(own, { recursive: true, force: true });
    }
  });
});

describe('values', () => {
  it('are indexed, found by a misspelling, refreshed, and removed', async () => {
    const on = await run('values', 'index', '--db', demoUrl, '--json');
    expect(on.code).toBe(0);
    const status = JSON.parse(on.out);
    expect(status).toMatchObject({ enabled: true, isReading: false });
    expect(status.valueCount).toBeGreaterThan(10);
    expect(JSON.stringify(status.columns)).toContain('looks like');
    const found = await run('values', 'search', 'customers in Germny', '--db', demoUrl, '--json');
    expect(JSON.parse(found.out)).toContainEqual(
      expect.objectContaining({ value: 'Germany', isExact: false }),
    );
    expect((await run('values', 'refresh', '--db', demoUrl)).out).toMatch(/^On: /);
    expect((await run('values', 'off', '--db', demoUrl)).out).toMatch(/^Off/);
    expect((await run('values', 'status', '--db', demoUrl)).out).toMatch(/^Off/);
    expect((await run('values', 'clear')).code).toBe(0);
  });
});
