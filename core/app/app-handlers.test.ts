import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateStarterModel } from '../models/index.ts';
import { connectInMemory } from './connect-in-memory.ts';
import { createCore, type Core } from './create-core.ts';
import { measurePlaces } from './measure-places.ts';

let dir: string;
let core: Core;
let client: ReturnType<typeof connectInMemory>['client'];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'app-'));
  core = await createCore({ dataDir: join(dir, 'data'), version: 'test', datasetDir: join(dir, 'dataset') });
  ({ client } = connectInMemory(core.handlers));
});
afterAll(async () => {
  await core.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('places', () => {
  it('have their sizes; links are not followed, and what is not there says so', async () => {
    const folder = join(dir, 'place');
    mkdirSync(join(folder, 'inner'), { recursive: true });
    writeFileSync(join(folder, 'a'), '12345');
    writeFileSync(join(folder, 'inner', 'b'), '123');
    symlinkSync('/', join(folder, 'root'));
    const [found, none] = await measurePlaces([
      { id: 'data', path: folder },
      { id: 'runs', path: join(dir, 'nowhere') },
    ]);
    expect(found).toMatchObject({ exists: true, files: 2, bytes: 8, atLeast: false });
    expect(none).toMatchObject({ exists: false, bytes: 0 });
  });

  it('are counted no longer than the time that is given', async () => {
    const [found] = await measurePlaces([{ id: 'data', path: dir }], -1);
    expect(found).toMatchObject({ exists: true, atLeast: true });
  });

  it('are told by the core', async () => {
    const places = await client['app.places']({});
    expect(places.find(({ id }) => id === 'store')).toMatchObject({ exists: true, files: 1 });
    expect(places.find(({ id }) => id === 'dataset')).toMatchObject({ exists: false });
  });
});

describe('the model in use', () => {
  const copied = () => join(dir, 'copied.gguf');

  it('is the starter, until another one is set, which asking then takes', async () => {
    copyFileSync(locateStarterModel(), copied());
    expect(await client['models.catalogue']({})).toMatchObject({ inUse: locateStarterModel(), missing: [] });
    expect(await client['models.add']({ path: copied() })).toMatchObject({ path: copied(), embedded: false });
    await client['settings.set']({ modelPath: copied() });
    await client['models.preload']({});
    const { inUse, models } = await client['models.catalogue']({});
    expect(inUse).toBe(copied());
    expect(models.map(({ path, state }) => [path, state])).toEqual([
      [locateStarterModel(), 'unloaded'],
      [copied(), 'loaded'],
    ]);
  });

  it('can be taken out of memory and put back', async () => {
    const state = async () => (await client['models.catalogue']({})).models[1]?.state;
    await client['models.unload']({});
    expect(await state()).toBe('unloaded');
    await client['models.load']({ path: copied() });
    expect(await state()).toBe('loaded');
  });

  it('is told of when its file is gone, and forgotten only when the user says so', async () => {
    await client['models.unload']({});
    rmSync(copied());
    expect((await client['models.catalogue']({})).missing).toEqual([
      { path: copied(), message: expect.stringContaining('copied.gguf') },
    ]);
    await client['settings.reset']({});
    expect((await client['models.catalogue']({})).missing).toHaveLength(1);
    await client['models.forget']({ path: copied() });
    expect(await client['models.catalogue']({})).toMatchObject({ missing: [], inUse: locateStarterModel() });
  });

  it('shows its header', async () => {
    const details = await client['models.details']({ path: locateStarterModel() });
    expect(details.metadata.map(({ key }) => key)).toContain('general.architecture');
    expect(details.metadata.every(({ value }) => value.length < 500)).toBe(true);
    const parameters = details.tensorTypes.reduce((sum, type) => sum + type.parameters, 0);
    expect(parameters).toBe(details.info.parameters);
  });

  it('must be a language model', async () => {
    writeFileSync(join(dir, 'no.gguf'), 'no model');
    await expect(client['models.add']({ path: join(dir, 'no.gguf') })).rejects.toMatchObject({
      code: 'MODEL_INCOMPATIBLE',
    });
  });
});

it('lists training runs, newest first, and no other folders', async () => {
  const { runs, folder } = await client['training.runs']({});
  expect(folder.endsWith('runs')).toBe(true);
  const times = runs.map(({ lastEventAt }) => lastEventAt ?? '');
  expect(times).toEqual(times.toSorted().toReversed());
});
