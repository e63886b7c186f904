import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../app/index.ts';
import type { EvaluationReport, RunComparison } from '../../contract/index.ts';
import { runCli } from '../run-cli.ts';

let dir: string;
let core: Core;
const fileOf = (name: string) => join(dir, name);

/** One embedded server for the whole file; commands share it as two processes of the app would. */
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cli-eval-'));
  process.env.SQLCODEGEN_DATA_DIR = dir;
  core = await createCore({ dataDir: dir, version: 'test' });
  await core.handlers['demo.url']({ name: 'ecommerce' }, { signal: new AbortController().signal });
}, 120_000);
afterAll(async () => {
  await core.close();
  await run('demo', 'stop');
  rmSync(dir, { recursive: true, force: true });
});

async function run(...args: string[]) {
  return runUntil(() => false, ...args);
}

/** @param isEnough of the progress so far: then it is as if Ctrl-C had been pressed */
async function runUntil(isEnough: (progress: string) => boolean, ...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const controller = new AbortController();
  const console = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    progress: (text: string) => void (isEnough(text) && controller.abort()),
  };
  const code = await runCli(args, { console, signal: controller.signal });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

function readReport(name: string): EvaluationReport {
  return JSON.parse(readFileSync(fileOf(name), 'utf8')) as EvaluationReport;
}

const demo = ['eval', '--split', 'demo', '--db', 'ecommerce', '--limit', '3', '--mode', 'constrained'];

describe('a run', { timeout: 120_000 }, () => {
  it('that is ended keeps what it measured, goes on, and ends with the report and its page', async () => {
    const first = await runUntil(
      (progress) => progress.startsWith('1 of 3'),
      ...demo,
      '--out',
      fileOf('part.json'),
    );
    expect(first).toMatchObject({ code: 1, err: expect.stringContaining('1 of 3 questions') as string });
    expect(readReport('part.json')).toMatchObject({ n: 1, total: 3 });
    const files = [
      '--resume',
      fileOf('part.json'),
      '--out',
      fileOf('whole.json'),
      '--html',
      fileOf('page.html'),
    ];
    const { code, out } = await run(...demo, ...files);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Execution accuracy on the demo split, postgresql, .+, constrained: \d of 3 right\.\n {2}all .+ % \[/,
    );
    const whole = readReport('whole.json');
    expect(whole).toMatchObject({ split: 'demo', engine: 'postgresql', mode: 'constrained', n: 3, total: 3 });
    expect(whole.rows[0]).toEqual(readReport('part.json').rows[0]);
    expect(readFileSync(fileOf('page.html'), 'utf8').match(/<article/g)).toHaveLength(3);
  });

  it('is compared with another one', async () => {
    const before = readReport('whole.json');
    const rows = before.rows.map((row, index) => ({ ...row, correct: index === 0 }));
    writeFileSync(fileOf('other.json'), JSON.stringify({ ...before, rows }));
    const all = { ...before, rows: before.rows.map((row) => ({ ...row, correct: true })) };
    writeFileSync(fileOf('all.json'), JSON.stringify(all));
    const { code, out } = await run('eval', 'compare', fileOf('other.json'), fileOf('all.json'), '--json');
    expect(code).toBe(0);
    const comparison = JSON.parse(out) as RunComparison;
    expect(comparison).toMatchObject({ n: 3, fixed: 2, broken: 0, bothRight: 1, bothWrong: 0, p: 0.5 });
    const text = await run('eval', 'compare', fileOf('all.json'), fileOf('other.json'));
    expect(text.out).toMatch(/fixed 0, broken 2, both right 1/);
    expect(text.out).toMatch(/Broken:\n {2}ecommerce-02 ecommerce/);
  });
});

describe('bad usage: exit code 2 and one sentence', () => {
  it.each([
    [['eval'], /Nothing says/],
    [['eval', '--split', 'nowhere'], /Allowed choices/],
    [[...demo, '--resume', 'nowhere.json'], /cannot be read/],
    [[...demo, '--out', '/nowhere/report.json'], /cannot be written/],
    [[...demo, '--html', '/nowhere/page.html'], /cannot be written/],
    [[...demo, '--candidates', '4'], /does not go with/],
    [['eval', '--split', 'demo', '--db', 'zoo'], /no question on a database zoo.+ecommerce/],
    [['eval', 'compare', 'nowhere.json', 'nowhere.json'], /cannot be read/],
    [['eval', '--predictions', 'x.jsonl', '--html', 'x.html'], /cannot be used with/],
  ])('%j', async (args, message) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  it('a file that is no report', async () => {
    writeFileSync(fileOf('none.json'), '{"n": 1}');
    const { code, err } = await run('eval', 'compare', fileOf('none.json'), fileOf('none.json'));
    expect([code, err]).toEqual([2, expect.stringContaining('is no report')]);
  });
});
