import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { formatModelReference, hasEnded, parseEndpoint, type CoreClient } from '../../contract/index.ts';
import { serveRepository } from '../../models/testing/fake-hub.ts';
import { serveBytes, startFileServer, type FileServer } from '../../models/testing/file-server.ts';
import { connectInMemory } from '../connect-in-memory.ts';
import { createCore, type Core } from '../create-core.ts';

const fixtures = path.resolve(import.meta.dirname, '../../models/testing');
const tinyFile = path.join(fixtures, 'tiny-f16.gguf');
const tiny = readFileSync(tinyFile);
const secrets = new Map<string, string>();

let core: Core;
let client: CoreClient;
let hub: FileServer;
let dataDir = '';
const inModels = (name: string) => path.join(dataDir, 'models', name);

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'model-handlers-'));
  hub = await startFileServer();
  vi.stubEnv('HF_ENDPOINT', hub.url);
  vi.stubEnv('HF_TOKEN', '');
  vi.stubEnv('SQLCODEGEN_RUNS_DIR', path.join(dataDir, 'runs'));
  serveRepository(hub, { id: 'tiny/model', files: { 'tiny-f16.gguf': tiny } });
  core = await createCore({
    ...{ dataDir, version: '0.0.0', datasetDir: path.join(dataDir, 'dataset') },
    secretStore: {
      ...{ kind: 'private-file', note: '', get: async (id) => secrets.get(id) },
      set: async (id, value) => void secrets.set(id, value),
      remove: async (id) => void secrets.delete(id),
    },
  });
  client = connectInMemory(core.handlers).client;
}, 60_000);
afterAll(async () => {
  await core.close();
  await hub.close();
  rmSync(dataDir, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

/** Waits for a job's end. */
async function end(jobId: string) {
  for await (const item of client['jobs.watch']({ jobId }))
    if (item.kind === 'job' && hasEnded(item.job)) return item.job;
  throw new Error('The job was never told to have ended.');
}

describe('a download', () => {
  test('is a job whose file is on the list with its origin', async () => {
    expect(await client['models.hub']({ id: 'tiny/model' })).toMatchObject({
      licence: 'apache-2.0',
      ggufFiles: [{ file: 'tiny-f16.gguf', quantization: 'F16', here: false }],
    });
    const { jobId } = await client['models.download']({
      ...{ kind: 'hub-file', id: 'tiny/model', file: 'tiny-f16.gguf' },
    });
    expect(await end(jobId)).toMatchObject({ state: 'succeeded', resultId: inModels('tiny-f16.gguf') });
    const { models } = await client['models.catalogue']({});
    expect(models.find(({ path: file }) => file === inModels('tiny-f16.gguf'))).toMatchObject({
      owned: true,
      licence: 'apache-2.0',
      origin: { kind: 'download', hubId: 'tiny/model', verified: true },
    });
  });

  test('that fails says why, can be resumed, and leaves nothing on the list', async () => {
    const { jobId } = await client['models.download']({ kind: 'url', url: `${hub.url}/no.gguf` });
    expect(await end(jobId)).toMatchObject({
      state: 'failed',
      canResume: true,
      error: { code: 'NOT_FOUND' },
    });
    expect(existsSync(inModels('no.gguf'))).toBe(false);
  });

  test('by a signed address keeps the signature in memory only', async () => {
    hub.behaviours.set('/signed.gguf', serveBytes(tiny));
    const url = `${hub.url}/signed.gguf?X-Amz-Signature=hidden`;
    const { jobId } = await client['models.download']({ kind: 'url', url });
    expect(await end(jobId)).toMatchObject({ state: 'succeeded' });
    const files = readdirSync(dataDir, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const { name } of files)
      expect([name, readFileSync(path.join(dataDir, name)).includes('hidden')]).toEqual([name, false]);
    expect(readFileSync(`${inModels('signed.gguf')}.json`, 'utf8')).not.toContain('hidden');
    await client['models.delete']({ path: inModels('signed.gguf') });
  });

  test('keeps the token for gated models in the secret store', async () => {
    expect(await client['models.setHubToken']({ token: 'hf_good' })).toMatchObject({ token: 'kept' });
    expect([...secrets.values()]).toEqual(['hf_good']);
    expect(await client['models.setHubToken']({ token: '' })).toMatchObject({ token: 'none' });
    expect(secrets.size).toBe(0);
  });
});

describe('on this machine', () => {
  test('several types are quantized by one job, with their origin', async () => {
    const { jobId } = await client['models.startQuantize']({
      ...{ path: inModels('tiny-f16.gguf'), types: ['Q8_0', 'Q4_K_M'] },
    });
    expect(await end(jobId)).toMatchObject({ state: 'succeeded' });
    const { models } = await client['models.catalogue']({});
    const made = models.filter(({ origin }) => origin?.kind === 'quantized');
    expect(made.map(({ path: file, licence }) => [path.basename(file), licence])).toEqual([
      ['tiny-Q4_K_M.gguf', 'apache-2.0'],
      ['tiny-Q8_0.gguf', 'apache-2.0'],
    ]);
  }, 60_000);

  test('what memory a model takes is reckoned before it is loaded', async () => {
    const estimate = await client['models.memory']({ path: inModels('tiny-f16.gguf') });
    expect(estimate).toMatchObject({ fits: true, gpuLayers: expect.any(Number) });
    expect(estimate.neededBytes).toBeGreaterThan(tiny.length / 2);
    await client['models.load']({ path: inModels('tiny-f16.gguf') });
    const { loaded } = await client['models.loaded']({});
    expect(loaded).toMatchObject({ path: inModels('tiny-f16.gguf'), layers: estimate.layers });
    await client['models.unload']({});
    expect(await client['models.loaded']({})).toEqual({});
  });

  test('speed and memory are measured in a process of their own, and kept', async () => {
    const speed = await client['models.bench']({ path: inModels('tiny-Q8_0.gguf'), rounds: 1 });
    expect(speed.tokensPerSecond).toBeGreaterThan(1);
    expect(speed.memoryBytes).toBeGreaterThan(1e6);
    const figures = await client['models.figures']({});
    expect(figures).toEqual([{ path: inModels('tiny-Q8_0.gguf'), accuracy: [], speed }]);
  }, 60_000);

  test('an adapter is listed, chosen for a connection where it fits, and refused where not', async () => {
    copyFileSync(path.join(fixtures, 'tiny-adapter.gguf'), inModels('tiny-adapter.gguf'));
    const set = (chosen?: string) =>
      client['models.setConnectionAdapter']({
        connectionId: 'demo:ecommerce',
        ...(chosen ? { path: chosen } : {}),
      });
    const adapter = inModels('tiny-adapter.gguf');
    await client['settings.set']({ modelPath: inModels('tiny-f16.gguf') });
    expect(await client['models.adapters']({})).toEqual([
      expect.objectContaining({ kind: 'gguf', path: adapter, fits: true, owned: true }),
    ]);
    expect(await set(adapter)).toEqual({ 'demo:ecommerce': adapter });
    await client['settings.set']({ modelPath: '' });
    const [misfit] = await client['models.adapters']({});
    expect(misfit).toMatchObject({ fits: false, misfit: expect.stringMatching(/tiny-adapter\.gguf/) });
    await expect(set(adapter)).rejects.toMatchObject({ code: 'MODEL_INCOMPATIBLE' });
    // A question of this connection is answered without it, and says so.
    const ignored = { path: adapter, reason: 'It was chosen for another model, tiny-f16.gguf.' };
    expect(await client['models.answering']({ connectionId: 'demo:ecommerce' })).toMatchObject({ ignored });
    const events = await Array.fromAsync(
      client['generation.ask']({ connectionId: 'demo:ecommerce', question: 'How many customers are there?' }),
    );
    expect(events.at(-1)).toMatchObject({ answer: { outcome: 'succeeded', ignoredAdapter: ignored } });
    expect(await set()).toEqual({});
  }, 120_000);

  test('an adapter runs on the model that it was chosen for, under any name, and never with another', async () => {
    const [model, adapter] = [inModels('tiny-f16.gguf'), inModels('tiny-adapter.gguf')];
    const connectionId = 'demo:ecommerce';
    const asked = () => client['models.answering']({ connectionId });
    await client['settings.set']({ modelPath: model });
    await client['models.setConnectionAdapter']({ connectionId, path: adapter });
    expect(await asked()).toEqual({ path: formatModelReference({ path: model, adapterPath: adapter }) });
    const copy = inModels('copy.gguf');
    copyFileSync(model, copy);
    await client['settings.set']({ modelPath: copy });
    expect(await asked()).toEqual({ path: formatModelReference({ path: copy, adapterPath: adapter }) });
    // A promoted model with an adapter of its own gets no second one.
    const promoted = formatModelReference({ path: model, adapterPath: inModels('other-adapter.gguf') });
    await client['settings.set']({ modelPath: promoted });
    expect(await asked()).toEqual({
      path: promoted,
      ignored: { path: adapter, reason: 'The model in use has an adapter already.' },
    });
    // What is in use stays: the base of that model, its adapter, a connection's adapter.
    copyFileSync(adapter, inModels('other-adapter.gguf'));
    for (const file of [model, inModels('other-adapter.gguf'), adapter]) {
      const removed = client['models.delete']({ path: file });
      await expect(removed).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(existsSync(file)).toBe(true);
    }
    const runDir = path.join(dataDir, 'runs', 'shop');
    mkdirSync(path.join(runDir, 'gguf'), { recursive: true });
    copyFileSync(adapter, path.join(runDir, 'gguf', 'shop-adapter-f16.gguf'));
    await client['settings.set']({ modelPath: model });
    await client['models.setConnectionAdapter']({
      ...{ connectionId, path: path.join(runDir, 'gguf', 'shop-adapter-f16.gguf') },
    });
    await expect(client['training.remove']({ runId: 'shop' })).rejects.toMatchObject({
      message: 'shop holds the adapter of the connection demo:ecommerce.',
    });
    await client['models.setConnectionAdapter']({ connectionId });
    await client['settings.set']({ modelPath: '' });
    for (const file of [copy, inModels('other-adapter.gguf')]) await client['models.delete']({ path: file });
    rmSync(runDir, { recursive: true });
  }, 60_000);

  test('a gate asks a model as the app does: with the adapter of the question’s connection', async () => {
    const [model, adapter] = [inModels('tiny-f16.gguf'), inModels('tiny-adapter.gguf')];
    const connectionId = 'demo:ecommerce';
    await client['settings.set']({ modelPath: model });
    await client['models.setConnectionAdapter']({ connectionId, path: adapter });
    await client['settings.set']({ modelPath: '' });
    const [question, sql] = ['How many customers are there?', 'SELECT count(*) FROM customers'];
    await client['verified.save']({ connectionId, question, sql, origin: 'typed' });
    const { jobId } = await client['loop.startGate']({
      ...{ candidate: { path: model }, sets: [{ kind: 'verified', connectionId }] },
    });
    expect(await end(jobId)).toMatchObject({ state: 'succeeded' });
    expect((await client['models.loaded']({})).loaded).toMatchObject({ path: model, adapterPath: adapter });
    await client['models.setConnectionAdapter']({ connectionId });
  }, 60_000);

  test('files of its own folders are deleted, others and the one in use are not', async () => {
    const elsewhere = client['models.delete']({ path: tinyFile });
    await expect(elsewhere).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const sneaky = client['models.delete']({ path: `${inModels('')}../../x.gguf` });
    await expect(sneaky).rejects.toThrow();
    await client['settings.set']({ modelPath: inModels('tiny-Q8_0.gguf') });
    const used = client['models.delete']({ path: inModels('tiny-Q8_0.gguf') });
    await expect(used).rejects.toMatchObject({ code: 'CONFLICT' });
    const replaced = client['models.startQuantize']({ path: inModels('tiny-f16.gguf'), types: ['Q8_0'] });
    await expect(replaced).rejects.toMatchObject({ message: 'tiny-Q8_0.gguf answers the questions now.' });
    await client['settings.set']({ modelPath: '' });
    const again = client['models.startQuantize']({ path: inModels('tiny-f16.gguf'), types: ['Q8_0'] });
    await expect(again).rejects.toMatchObject({
      code: 'CONFLICT',
      hint: expect.stringMatching(/^Delete it/),
    });
    await client['models.delete']({ path: inModels('tiny-Q4_K_M.gguf') });
    expect([existsSync(inModels('tiny-Q4_K_M.gguf')), existsSync(inModels('tiny-Q4_K_M.gguf.json'))]).toEqual(
      [false, false],
    );
  });

  test('folders of transformers models are listed with what is wrong with them', async () => {
    const folder = path.join(dataDir, 'base-models', 'tiny', 'base');
    mkdirSync(folder, { recursive: true });
    copyFileSync(path.resolve('data/models/starter-base/config.json'), path.join(folder, 'config.json'));
    const bases = await client['models.bases']({});
    expect(bases.find(({ path: found }) => found === folder)).toMatchObject({
      name: 'tiny/base',
      problem: 'It holds no weights as safetensors.',
    });
  });
});

describe('a server', () => {
  let server: Server;
  let url = '';
  const keys: (string | undefined)[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      keys.push(request.headers.authorization);
      const body = request.url?.endsWith('/models')
        ? { data: [{ id: 'served' }] }
        : { choices: [{ message: { content: 'SELECT count(*) FROM customers' }, finish_reason: 'stop' }] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('is tested, kept without its key, used, changed and removed', async () => {
    expect(await client['models.testServer']({ url, apiKey: 'secret' })).toMatchObject({
      ...{ kind: 'ok', models: ['served'], probabilities: false },
      written: 'SELECT count(*) FROM customers',
    });
    const saved = await client['models.saveServer']({ name: 'Team', url, apiKey: 'secret' });
    expect(saved).toMatchObject({ hasKey: true, local: true });
    expect(JSON.stringify(await client['models.servers']({}))).not.toContain('secret');
    expect(parseEndpoint(saved.path)).toMatchObject({ url, server: saved.id });
    await client['settings.set']({ modelPath: saved.path });
    keys.splice(0);
    const events = await Array.fromAsync(
      client['generation.ask']({ connectionId: 'demo:ecommerce', question: 'How many customers are there?' }),
    );
    expect(events.at(-1)).toMatchObject({ answer: { outcome: 'succeeded', model: 'served' } });
    expect(new Set(keys)).toEqual(new Set(['Bearer secret']));
    const changed = await client['models.saveServer']({ id: saved.id, name: 'Team', url, model: 'served' });
    expect(changed.hasKey).toBe(true);
    expect((await client['models.catalogue']({})).inUse).toBe(changed.path);
    await client['models.removeServer']({ id: saved.id });
    expect((await client['models.catalogue']({})).inUse).toMatch(/starter\.gguf$/);
    expect(secrets.size).toBe(0);
  }, 120_000);

  test('that is not there is told as data', async () => {
    const gone = await startFileServer();
    await gone.close();
    expect(await client['models.testServer']({ url: `${gone.url}/v1` })).toMatchObject({
      ...{ kind: 'failed', error: { code: 'CONNECTION_REFUSED' } },
    });
  }, 30_000);
});

test('a comparison measures each file, is kept, exported and removed', async () => {
  const starter = (await client['models.list']({}))[0]?.path ?? '';
  const paths = [starter, inModels('tiny-f16.gguf')];
  const { id, jobId } = await client['models.startReport']({ paths, split: 'demo', limit: 2 });
  expect(await end(jobId)).toMatchObject({ state: 'succeeded', resultId: id });
  const [report] = await client['models.reports']({});
  expect(report).toMatchObject({ id, state: 'succeeded' });
  expect(
    report?.rows.map(({ execution, speed }) => [execution?.n, (speed?.tokensPerSecond ?? 0) > 0]),
  ).toEqual([
    [2, true],
    [2, true],
  ]);
  const { text } = await client['models.exportReport']({ id });
  expect(JSON.parse(text)).toMatchObject({ id, rows: [{ path: starter }, {}] });
  const figures = await client['models.figures']({});
  expect(figures.find(({ path: file }) => file === starter)).toMatchObject({
    accuracy: [{ split: 'demo', limit: 2 }],
  });
  await client['models.removeReport']({ id });
  expect(await client['models.reports']({})).toEqual([]);
}, 180_000);
