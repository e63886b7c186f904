import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatModelReference } from '../contract/index.ts';
import { createFileHashes, identifyModel, type FileHashes, type KeptHashes } from './file-hashes.ts';

let folder: string;
let kept: KeptHashes;
let hashes: FileHashes;
const fileOf = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashes-'));
  kept = {};
  hashes = createFileHashes({ get: () => kept, set: (now) => (kept = now) });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('reads a file again only where its size or time has changed', async () => {
  const file = fileOf('a.gguf');
  writeFileSync(file, 'one');
  expect(hashes.known(file)).toBeUndefined();
  const one = await hashes.of(file);
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(hashes.known(file)).toBe(one);
  // Proof that it is not read again: the bytes differ, size and time do not.
  const { atime, mtime } = statSync(file);
  writeFileSync(file, 'two');
  utimesSync(file, atime, mtime);
  kept = { [file]: { ...kept[file]!, mtimeMs: statSync(file).mtimeMs } };
  expect(await hashes.of(file)).toBe(one);
  utimesSync(file, atime, new Date(mtime.getTime() + 5_000));
  expect(hashes.known(file)).toBeUndefined();
  expect(await hashes.of(file)).not.toBe(one);
});

it('names a model with its adapter by both, and nothing that is gone or on a server', async () => {
  writeFileSync(fileOf('a.gguf'), 'model');
  writeFileSync(fileOf('b.gguf'), 'adapter');
  const reference = formatModelReference({ path: fileOf('a.gguf'), adapterPath: fileOf('b.gguf') });
  expect(await identifyModel(hashes, reference)).toMatch(/^[0-9a-f]{64}\+[0-9a-f]{64}$/);
  expect(await identifyModel(hashes, fileOf('gone.gguf'))).toBeUndefined();
  expect(await identifyModel(hashes, 'http://localhost:8000/v1#model=a')).toBeUndefined();
});
