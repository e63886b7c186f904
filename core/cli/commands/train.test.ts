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

it('says what a removed run leaves elsewhere', async () => {
  const folder = join(dir, 'runs', 'far');
  mkdirSync(folder, { recursive: true });
  const createdAt = new Date().toISOString();
  const target = { kind: 'colab', projectId: 'my-project-1', bucketName: 'my-runs', prefix: 'sqlcodegen' };
  const launch = { format: 1, name: 'Far', target, createdAt, startedAt: createdAt, cancelledAt: createdAt };
  writeFileSync(join(folder, 'launch.json'), JSON.stringify(launch));
  const { out } = await run('remove', 'far');
  expect(out).toContain('What it left on Colab stays there, to be removed by hand');
  expect(await run('list')).toMatchObject({ out: 'No runs yet.' });
});

it('wants one thing to start, and says what a draft lacks', async () => {
  expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('--recipe FILE') });
  const file = join(dir, 'draft.json');
  writeFileSync(file, '{"name": "x"}');
  expect(await run('--draft', file, '--json')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is no draft'),
  });
  const draft = {
    ...{ name: 'x', data: { sources: [{ kind: 'spider' }] }, base: { kind: 'starter' } },
    recipe: { preset: 'smoke', method: 'full', changes: { maxStepz: 3 } },
    target: { kind: 'local' },
  };
  writeFileSync(file, JSON.stringify(draft));
  expect((await run('doctor', '--draft', file)).err).toContain('it has no recipe.changes.maxStepz');
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

it('keeps SSH hosts, says why one does not answer, and forgets them', async () => {
  expect((await run('hosts')).out).toBe('No SSH hosts yet.');
  expect((await run('hosts', 'add', 'nobody')).code).toBe(2);
  expect((await run('hosts', 'add', 'me@127.0.0.1:1', '--secret-env', 'CLI_TRAIN_NOT_SET')).err).toContain(
    'CLI_TRAIN_NOT_SET is not set',
  );
  const key = ['--key', join(dir, 'key'), '--folder', 'there', '--python', '/usr/bin/python3'];
  const added = await run('hosts', 'add', 'me@127.0.0.1:1', '--name', 'lab', ...key, '--json');
  const saved = JSON.parse(added.out) as { id: string };
  expect(saved).toMatchObject({ name: 'lab', user: 'me', port: 1, folder: 'there', auth: { kind: 'key' } });
  // Again: it is changed, and keeps what is not said.
  await run('hosts', 'add', 'you@127.0.0.1:1', '--name', 'lab');
  const hosts = JSON.parse((await run('hosts', '--json')).out) as object[];
  expect(hosts).toMatchObject([
    { id: saved.id, user: 'you', folder: 'there', python: '/usr/bin/python3', auth: { kind: 'key' } },
  ]);
  expect(await run('hosts', 'test', 'lab')).toMatchObject({ code: 1, out: expect.stringMatching(/.+/) });
  expect((await run('hosts', 'test', 'moon')).err).toContain('There are lab.');
  expect((await run('hosts', 'remove', 'lab')).out).toBe('lab is forgotten.');
  expect((await run('hosts')).out).toBe('No SSH hosts yet.');
});

it('tells the prices, and keeps others', async () => {
  const prices = JSON.parse((await run('prices')).out) as { storagePerGibMonth: number };
  const file = join(dir, 'prices.json');
  writeFileSync(file, JSON.stringify({ ...prices, storagePerGibMonth: 0.5 }));
  expect((await run('prices', '--set', file)).code).toBe(0);
  expect(JSON.parse((await run('prices')).out)).toMatchObject({ storagePerGibMonth: 0.5 });
  writeFileSync(file, '{"hardware": []}');
  expect(await run('prices', '--set', file)).toMatchObject({
    code: 2,
    err: expect.stringContaining('is no table of prices'),
  });
});

it('compares runs, and gives the draft of one that has one', async () => {
  for (const name of ['first', 'second']) {
    mkdirSync(join(dir, 'runs', name), { recursive: true });
    writeFileSync(join(dir, 'runs', name, 'config.yaml'), `name: ${name}\n`);
  }
  expect((await run('compare', 'first', 'second')).out).toMatch(
    /^run +state .*\nfirst +lost.*\nsecond +lost/,
  );
  expect((await run('draft', 'first')).err).toContain('was not started from a draft');
  expect((await run('task-file', '--kind', 'slurm')).err).toContain('--draft FILE');
  expect((await run('sets')).out).toMatch(/^demo {2}.*50 questions \(asked by itself\)$/m);
});
