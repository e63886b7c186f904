import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inspectModel } from '../../generation/index.ts';
import { readOrigin } from '../origin.ts';
import { serveRepository } from '../testing/fake-hub.ts';
import { serveBytes, startFileServer, type FileServer } from '../testing/file-server.ts';
import { chooseFolderFiles, chooseGgufFiles, readQuantization } from './choose-files.ts';
import { downloadModel, locateBaseModel, type ModelDownloadOptions } from './download-model.ts';
import { locateHub, readRepository } from './hub.ts';

const tiny = readFileSync(path.resolve(import.meta.dirname, '../testing/tiny-f16.gguf'));
const sha256 = createHash('sha256').update(tiny).digest('hex');
const never = new AbortController().signal;
const ggufs = { 'gguf/tiny-F16.gguf': tiny, 'README.md': Buffer.from('# Tiny') };
const folderFiles = {
  'config.json': Buffer.from('{"architectures": ["LlamaForCausalLM"]}'),
  'tokenizer.json': Buffer.from('{}'),
  'LICENSE.md': Buffer.from('Apache'),
  'model-00001-of-00002.safetensors': Buffer.alloc(150_000, 1),
  'model-00002-of-00002.safetensors': Buffer.alloc(120_000, 2),
  'consolidated.safetensors': Buffer.alloc(270_000, 3),
  'onnx/model.onnx': Buffer.alloc(10),
};

let server: FileServer;
let dataDir = '';
beforeAll(async () => {
  server = await startFileServer();
});
afterAll(() => server.close());
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'download-model-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
  server.asked.splice(0);
  server.behaviours.clear();
});

const models = (name = '') => path.join(dataDir, 'models', name);
const listed = () => (existsSync(models()) ? readdirSync(models()).toSorted() : []);
const bring = (
  wanted: Parameters<typeof downloadModel>[0],
  { token, ...more }: Partial<ModelDownloadOptions> & { token?: string } = {},
) =>
  downloadModel(wanted, {
    ...{ dataDir, hub: { endpoint: server.url, token }, signal: never },
    checkGguf: async (file) => void (await inspectModel(file)),
    onProgress: () => undefined,
    onNote: () => undefined,
    timing: { backoffMs: 1, tries: 2, stallMs: 1_000 },
    ...more,
  });

describe('a GGUF file of the hub', () => {
  const wanted = { kind: 'hub-file', id: 'tiny/model-GGUF', file: 'gguf/tiny-F16.gguf' } as const;

  test('comes into the models folder with what it is and where it came from', async () => {
    serveRepository(server, { id: wanted.id, files: ggufs });
    expect(await bring(wanted)).toBe(models('tiny-F16.gguf'));
    expect(listed()).toEqual(['tiny-F16.gguf', 'tiny-F16.gguf.json']);
    expect(await readOrigin(models('tiny-F16.gguf'))).toMatchObject({
      ...{ kind: 'download', hubId: wanted.id, revision: 'a1b2c3', sha256, verified: true },
      licence: 'apache-2.0',
    });
    server.asked.splice(0);
    await bring(wanted);
    expect(server.asked.map(({ path: asked }) => asked)).toEqual([
      '/api/models/tiny/model-GGUF/revision/main?blobs=true',
    ]);
  });

  test('of another hash than the hub says is not kept', async () => {
    serveRepository(server, { id: wanted.id, files: ggufs, lies: { [wanted.file]: '0'.repeat(64) } });
    await expect(bring(wanted)).rejects.toMatchObject({ code: 'MODEL_INCOMPATIBLE' });
    expect(listed()).toEqual([]);
  });

  test('that is gated needs a token', async () => {
    serveRepository(server, { id: wanted.id, files: ggufs, gated: 'manual' });
    await expect(bring(wanted)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      hint: expect.stringContaining('HF_TOKEN'),
    });
    await bring(wanted, { token: 'hf_good' });
    expect(listed()).toContain('tiny-F16.gguf');
  });

  test('does not take the name of another one', async () => {
    serveRepository(server, { id: wanted.id, files: ggufs });
    serveRepository(server, { id: 'other/model', files: ggufs });
    await bring(wanted);
    await expect(bring({ ...wanted, id: 'other/model' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('an address', () => {
  test('that is cut off without a word is refused by the file’s own header', async () => {
    const cut = tiny.subarray(0, tiny.length - 1);
    server.behaviours.set('/m/tiny.gguf', serveBytes(cut));
    await expect(bring({ kind: 'url', url: `${server.url}/m/tiny.gguf` })).rejects.toMatchObject({
      code: 'MODEL_INCOMPATIBLE',
      message: expect.stringContaining('is cut off'),
    });
    expect(listed()).toEqual([]);
  });

  test('that gives something else than GGUF is refused', async () => {
    server.behaviours.set(
      '/m/tiny.gguf',
      serveBytes(Buffer.from('version https://git-lfs.github.com/spec/v1')),
    );
    await expect(bring({ kind: 'url', url: `${server.url}/m/tiny.gguf` })).rejects.toMatchObject({
      code: 'MODEL_INCOMPATIBLE',
      message: 'What came as tiny.gguf is no GGUF file.',
    });
    expect(listed()).toEqual([]);
  });

  test('keeps no signature, and is verified by the hash that was given', async () => {
    server.behaviours.set('/m/tiny.gguf', serveBytes(tiny));
    const url = `${server.url}/m/tiny.gguf?signature=secret`;
    const file = await bring({ kind: 'url', url, sha256, fileName: 'mine.gguf' });
    expect(file).toBe(models('mine.gguf'));
    const origin = await readOrigin(file);
    expect(origin).toMatchObject({ url: `${server.url}/m/tiny.gguf`, sha256, verified: true });
    expect(JSON.stringify(origin)).not.toContain('secret');
  });
});

describe('a transformers model', () => {
  const wanted = { kind: 'hub-folder', id: 'tiny/base' } as const;

  test('comes whole, with what training reads and nothing twice', async () => {
    serveRepository(server, { id: wanted.id, files: folderFiles });
    const progress: number[] = [];
    const folder = await bring(wanted, { onProgress: (done) => progress.push(done) });
    expect(folder).toBe(locateBaseModel(dataDir, wanted.id));
    expect(readdirSync(folder).toSorted()).toEqual([
      ...['LICENSE.md', 'config.json', 'model-00001-of-00002.safetensors'],
      ...['model-00002-of-00002.safetensors', 'origin.json', 'tokenizer.json'],
    ]);
    expect(await readOrigin(folder)).toMatchObject({ kind: 'download', hubId: wanted.id, verified: true });
    expect(progress.at(-1)).toBe(270_000 + 39 + 2 + 6);
  });

  test('that breaks off is on no list, and goes on with the file that is missing', async () => {
    serveRepository(server, { id: wanted.id, files: folderFiles });
    const last = '/tiny/base/resolve/a1b2c3/model-00002-of-00002.safetensors';
    const good = server.behaviours.get(last);
    server.behaviours.set(last, (_, response) => void response.writeHead(403).end());
    await expect(bring(wanted)).rejects.toMatchObject({ code: 'AUTH_FAILED' });
    expect(readdirSync(path.join(dataDir, 'base-models', 'tiny'))).toEqual(['.base.part']);
    server.asked.splice(0);
    server.behaviours.set(last, good ?? (() => undefined));
    await bring(wanted);
    expect(server.asked.map(({ path: asked }) => asked.split('/').at(-1))).toEqual([
      ...['main?blobs=true', 'model-00002-of-00002.safetensors'],
      'model-00002-of-00002.safetensors?signed=1',
    ]);
  });

  test('without safetensors is refused', async () => {
    serveRepository(server, { id: wanted.id, files: ggufs });
    await expect(bring(wanted)).rejects.toMatchObject({
      code: 'MODEL_INCOMPATIBLE',
      message: 'tiny/base holds no transformers model as safetensors.',
    });
  });
});

test('a model that the hub does not have, and a hub that is none, are told apart', async () => {
  const ask = () => readRepository({ endpoint: server.url, token: undefined }, { id: 'no/model' }, never);
  await expect(ask()).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('no/model'),
  });
  server.behaviours.set(
    '/api/models/no/model/revision/main',
    (_, response) => void response.writeHead(200).end('<html>'),
  );
  await expect(ask()).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
  const nowhere = { endpoint: 'http://127.0.0.1:9', token: undefined };
  await expect(readRepository(nowhere, { id: 'a/b' }, never)).rejects.toMatchObject({
    code: 'REMOTE_UNREACHABLE',
    hint: expect.stringContaining('HF_ENDPOINT'),
  });
});

test('HF_ENDPOINT names another hub', () => {
  expect(locateHub({})).toBe('https://huggingface.co');
  expect(locateHub({ HF_ENDPOINT: 'http://mirror.local:8080/' })).toBe('http://mirror.local:8080');
  expect(() => locateHub({ HF_ENDPOINT: 'mirror' })).toThrow('HF_ENDPOINT is no web address');
});

test('files are chosen and quantizations read by their names', () => {
  const file = (name: string) => ({ file: name, sizeBytes: 1 });
  expect(chooseGgufFiles(['a.gguf', 'b-00001-of-00002.gguf', 'c.bin'].map(file))).toEqual([file('a.gguf')]);
  expect(chooseFolderFiles(['config.json', 'pytorch_model.bin'].map(file))).toEqual([]);
  expect(
    ['m-Q4_K_M.gguf', 'm.IQ3_XS.gguf', 'm-f16.gguf', 'q8_0.gguf', 'plain.gguf', 'x/M-BF16.gguf'].map(
      readQuantization,
    ),
  ).toEqual(['Q4_K_M', 'IQ3_XS', 'F16', 'Q8_0', undefined, 'BF16']);
});
