import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../run-cli.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'serve-'));
  vi.stubEnv('SQLCODEGEN_DATA_DIR', join(dir, 'data'));
  vi.stubEnv('DISPLAY', ':0');
  vi.stubEnv('PATH', `${dir}${delimiter}${process.env.PATH ?? ''}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

/** Stands where the desktop's opener is looked up, and keeps what it was called with. */
function catchOpener(): () => string[] {
  const record = join(dir, 'opened');
  writeFileSync(
    join(dir, 'xdg-open'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${record}.new'\nmv '${record}.new' '${record}'\n`,
  );
  chmodSync(join(dir, 'xdg-open'), 0o755);
  return () => (existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : []);
}

function serve(...flags: string[]) {
  const controller = new AbortController();
  const lines: string[] = [];
  const console = {
    out: (text: string) => void lines.push(text),
    err: () => undefined,
    progress: () => undefined,
  };
  const ended = runCli(['serve', ...flags], { console, signal: controller.signal });
  return {
    address: async () => {
      await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(1);
      return new URL(lines[0]?.split(' ').at(-1) ?? '');
    },
    async stop() {
      controller.abort();
      expect(await ended).toBe(0);
    },
  };
}

describe.runIf(process.platform === 'linux')('serve', () => {
  it('starts the browser with a private file, never with the token', async () => {
    const opened = catchOpener();
    const app = serve();
    const token = (await app.address()).searchParams.get('token') ?? '';
    expect(token).toHaveLength(43);
    await expect.poll(() => opened().length, { timeout: 5_000 }).toBe(1);
    const [path = ''] = opened();
    expect(path).not.toContain(token);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain((await app.address()).href);
    await app.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('only prints the address with --no-open', async () => {
    const opened = catchOpener();
    const app = serve('--no-open');
    const { port } = await app.address();
    expect(existsSync(join(dir, 'data', `open-${port}.html`))).toBe(false);
    await app.stop();
    expect(opened()).toEqual([]);
  });
});
