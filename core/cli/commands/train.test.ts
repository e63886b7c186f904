import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-train-'));
  Object.assign(process.env, {
    SQLCODEGEN_DATA_DIR: join(dir, 'data'),
    SQLCODEGEN_RUNS_DIR: join(dir, 'runs'),
  });
});
afterEach(() => {
  delete process.env.SQLCODEGEN_DATA_DIR;
  delete process.env.SQLCODEGEN_RUNS_DIR;
  rmSync(dir, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const console = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    progress: () => undefined,
  };
  const code = await runCli(['train', ...args], { console, signal: new AbortController().signal });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

it('lists runs, those that were started outside the app too', async () => {
  expect(await run('list')).toMatchObject({ code: 0, out: 'No runs yet.' });
  mkdirSync(join(dir, 'runs', 'older'), { recursive: true });
  writeFileSync(join(dir, 'runs', 'older', 'config.yaml'), 'name: older\n');
  const listed = JSON.parse((await run('list', '--json')).out) as object[];
  expect(listed).toMatchObject([
    { id: 'older', state: 'lost', can: { stop: false, resume: false, remove: true } },
  ]);
  expect((await run('stop', 'older')).err).toContain('started outside the app');
});

it('wants one thing to start, and says what a draft lacks', async () => {
  expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('--recipe FILE') });
  const file = join(dir, 'draft.json');
  writeFileSync(file, '{"name": "x"}');
  expect(await run('--draft', file, '--json')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is no draft'),
  });
  expect((await run('--draft', file, '--target', 'moon')).code).toBe(2);
  expect((await run('--draft', join(dir, 'none.json'))).code).toBe(1);
  expect((await run('--resume', 'none')).err).toContain('There is no run none.');
});

it('tells recipes, bases and sources', async () => {
  const recipes = JSON.parse((await run('recipes', '--json')).out) as { id: string }[];
  expect(recipes.map(({ id }) => id)).toContain('seed');
  expect((await run('bases')).out).toContain('Starter  writes sketch');
  expect((await run('sources')).code).toBe(0);
});
