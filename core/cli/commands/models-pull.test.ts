import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { serveRepository } from '../../models/testing/fake-hub.ts';
import { startFileServer, type FileServer } from '../../models/testing/file-server.ts';
import { runCli } from '../run-cli.ts';

const tiny = readFileSync(path.resolve(import.meta.dirname, '../../models/testing/tiny-f16.gguf'));
let folder = '';
let hub: FileServer;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cli-pull-'));
  hub = await startFileServer();
  vi.stubEnv('SQLCODEGEN_DATA_DIR', folder);
  vi.stubEnv('SQLCODEGEN_RUNS_DIR', path.join(folder, 'runs'));
  vi.stubEnv('HF_ENDPOINT', hub.url);
  serveRepository(hub, { id: 'tiny/model', files: { 'tiny-F16.gguf': tiny, 'tiny-Q8_0.gguf': tiny } });
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

async function run(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const console = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    progress: () => undefined,
  };
  const code = await runCli(['models', ...args], { console, signal: new AbortController().signal });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test(
  'pull, list, inspect, bench, report and remove do what the screens do',
  { timeout: 120_000 },
  async () => {
    const several = await run('pull', 'tiny/model');
    expect([several.code, several.err]).toEqual([
      2,
      expect.stringMatching(/--file or --type: tiny-F16\.gguf/),
    ]);
    const file = path.join(folder, 'models', 'tiny-F16.gguf');
    expect(await run('pull', 'tiny/model', '--type', 'f16', '--json')).toEqual({
      ...{ code: 0, err: '' },
      out: JSON.stringify({ path: file }, null, 2),
    });
    const listed = JSON.parse((await run('list', '--json')).out) as { models: Record<string, unknown>[] };
    expect(listed.models.find(({ path: found }) => found === file)).toMatchObject({ licence: 'apache-2.0' });
    expect((await run('list')).out).toContain('from tiny/model');
    expect((await run('inspect', file)).out).toMatch(/needs [\d.]+ MiB for \d+ tokens, .* free: fits/);
    expect((await run('bench', file, '--rounds', '1')).out).toMatch(/Generated tokens a second +\d+/);
    const report = await run('report', file, '--limit', '1');
    expect([report.code, report.out]).toEqual([0, expect.stringMatching(/first 1 questions\ntype.*\nF16 /)]);
    expect(await run('remove', file)).toMatchObject({ code: 2, err: expect.stringContaining('Add --yes') });
    expect((await run('remove', file, '--yes')).code).toBe(0);
    expect(existsSync(file)).toBe(false);
  },
);

test.each([
  [['pull', 'nonsense']],
  [['pull', 'http://127.0.0.1:1/page.html']],
  [['pull', 'tiny/model', '--folder', '--file', 'x.gguf']],
  [['report']],
  [['report', 'x.gguf', '--split', 'nonsense']],
])('%j is bad usage', async (args) => {
  expect(await run(...args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/.+/) });
});

test('what the hub does not have fails with exit code 1', async () => {
  const { code, err } = await run('pull', 'no/model');
  expect([code, err]).toEqual([1, expect.stringContaining('has no model no/model')]);
});
