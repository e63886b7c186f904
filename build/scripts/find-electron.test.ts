import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser } from './ensure-browser.ts';
import { findElectron } from './find-electron.ts';
import { isStale } from './is-stale.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'build-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** @param ageS how many seconds ago it was written */
function write(name: string, ageS = 0): string {
  const file = join(dir, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  const at = Date.now() / 1_000 - ageS;
  utimesSync(file, at, at);
  return file;
}

describe('findElectron', () => {
  it('finds no binary in a package that was never downloaded', () => {
    write('node_modules/electron/index.js');
    expect(findElectron(dir, {}, 'linux')).toBeUndefined();
  });

  it('finds the usual binary of each system', () => {
    const binary = write('node_modules/electron/dist/electron');
    expect(findElectron(dir, {}, 'linux')).toBe(binary);
    expect(findElectron(dir, {}, 'win32')).toBeUndefined();
    const exe = write('node_modules/electron/dist/electron.exe');
    expect(findElectron(dir, {}, 'win32')).toBe(exe);
  });

  it('follows ELECTRON_OVERRIDE_DIST_PATH and path.txt', () => {
    const binary = write('elsewhere/my-electron');
    writeFileSync(write('node_modules/electron/path.txt'), 'my-electron\n');
    expect(findElectron(dir, { ELECTRON_OVERRIDE_DIST_PATH: join(dir, 'elsewhere') }, 'linux')).toBe(binary);
  });
});

describe('isStale', () => {
  it('is when the file is missing, or a source is newer', () => {
    const source = write('src/deep/a.ts', 100);
    expect(isStale(join(dir, 'out.js'), [join(dir, 'src')])).toBe(true);
    const built = write('out.js', 50);
    expect(isStale(built, [join(dir, 'src'), source, join(dir, 'gone')])).toBe(false);
    write('src/deep/b.ts', 10);
    expect(isStale(built, [join(dir, 'src')])).toBe(true);
  });

  it('does not care about tests', () => {
    const built = write('out.js', 50);
    write('src/a.test.ts', 10);
    expect(isStale(built, [join(dir, 'src')])).toBe(false);
  });
});

describe('findBrowser', () => {
  it('takes the one it is told of first', () => {
    const chromium = write('chromium');
    expect(findBrowser({ SQLCODEGEN_CHROMIUM: chromium })).toBe(chromium);
  });

  it('never answers with one that is not there', () => {
    const missing = join(dir, 'missing');
    expect(findBrowser({ SQLCODEGEN_CHROMIUM: missing })).not.toBe(missing);
  });
});
