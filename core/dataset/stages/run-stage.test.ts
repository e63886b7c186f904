import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkStage, runStage, writeAside, type Stage } from './index.ts';

let dataDir: string;
let runs: number;
let stage: Stage;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sqlcodegen-stage-'));
  runs = 0;
  await mkdir(join(dataDir, 'in'));
  await writeFile(join(dataDir, 'in', 'a.txt'), 'one');
  await writeFile(join(dataDir, 'in', 'b.txt'), 'two');
  stage = {
    name: 'join',
    version: '1',
    inputs: [{ path: 'in' }, { path: 'overrides.txt', optional: true }],
    outputs: [{ path: 'out/joined.txt' }, { path: 'out/parts' }],
    manifestFile: 'manifests/join.json',
    run: async () => {
      runs += 1;
      const read = (name: string) => readFile(join(dataDir, 'in', name), 'utf8');
      const text = `${await read('a.txt')} ${await read('b.txt')}`;
      await writeAside(join(dataDir, 'out', 'parts', '1.txt'), text.slice(0, 3));
      await writeAside(join(dataDir, 'out', 'joined.txt'), text);
      return undefined;
    },
  };
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

const run = (force = false) => runStage(stage, { dataDir, force });
const check = () => checkStage(stage, { dataDir });
const inData = (...parts: string[]) => join(dataDir, ...parts);

describe('a stage that has run', () => {
  beforeEach(async () => {
    expect(await check()).toEqual({ state: 'missing', reason: 'it has not run to its end' });
    expect(await run()).toBe('done');
  });

  it('has nothing to do while nothing changes, whatever the times of the files', async () => {
    await utimes(inData('in', 'a.txt'), 1, 1);
    await utimes(inData('out', 'joined.txt'), 1, 1);
    expect(await run()).toBe('nothing-to-do');
    expect(await check()).toEqual({ state: 'done' });
    expect(runs).toBe(1);
  });

  it('records what it read and wrote: hashes, no dates, no places', async () => {
    const manifest = JSON.parse(await readFile(inData('manifests', 'join.json'), 'utf8')) as unknown;
    const file = (path: string, bytes: number) => ({
      path,
      bytes,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(manifest).toEqual({
      stage: 'join',
      version: '1',
      inputs: [file('in/a.txt', 3), file('in/b.txt', 3)],
      outputs: [file('out/joined.txt', 7), file('out/parts/1.txt', 3)],
    });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['an input is edited', () => writeFile(inData('in', 'a.txt'), 'six'), 'the input in/a.txt has changed'],
    ['an input is added', () => writeFile(inData('in', 'c.txt'), ''), 'the input in/c.txt is new'],
    [
      'an optional input appears',
      () => writeFile(inData('overrides.txt'), 'x'),
      'the input overrides.txt is new',
    ],
    ['an output is deleted', () => rm(inData('out', 'joined.txt')), 'the output out/joined.txt is gone'],
    [
      'an output is damaged without changing its size',
      () => writeFile(inData('out', 'joined.txt'), 'one twO'),
      'the output out/joined.txt has changed',
    ],
    [
      'a file appears among the outputs',
      () => writeFile(inData('out', 'parts', '2.txt'), ''),
      'the output out/parts/2.txt is new',
    ],
    ['its version is raised', () => Promise.resolve((stage.version = '2')), 'other code made it (1, now 2)'],
    [
      'its manifest is cut short',
      () => writeFile(inData('manifests', 'join.json'), '{"stage": "jo'),
      'it has not run to its end',
    ],
  ])('runs again when %s', async (_what, change, reason) => {
    await change();
    expect(await check()).toMatchObject({ reason });
    expect(await run()).toBe('done');
    expect(runs).toBe(2);
  });

  it('runs again when it is told to', async () => {
    expect(await run(true)).toBe('done');
    expect(runs).toBe(2);
  });

  it('does not mind what a killed run left half-written', async () => {
    await writeFile(inData('out', 'parts', '1.txt.partial'), 'o');
    expect(await run()).toBe('nothing-to-do');
  });

  it('makes the same manifest from the same files', async () => {
    const before = await readFile(inData('manifests', 'join.json'), 'utf8');
    await run(true);
    expect(await readFile(inData('manifests', 'join.json'), 'utf8')).toBe(before);
  });
});

describe('a stage that cannot run', () => {
  it('names the input that is missing, and does not begin', async () => {
    await rm(inData('in'), { recursive: true });
    await expect(run()).rejects.toMatchObject({
      code: 'DATASET_MISSING',
      message: 'in is missing, which the stage join reads.',
    });
    expect(runs).toBe(0);
  });

  it('leaves no manifest when it fails, when it is cancelled, or when it does not write what it declares', async () => {
    const { run: work } = stage;
    stage.run = () => Promise.reject(new Error('no space'));
    await expect(run()).rejects.toThrow('no space');
    stage.run = () => Promise.resolve(undefined);
    await expect(run()).rejects.toThrow('The stage join ended without writing out/joined.txt, out/parts.');
    stage.run = work;
    await expect(runStage(stage, { dataDir, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(existsSync(inData('manifests', 'join.json'))).toBe(false);
    expect(await run()).toBe('done');
  });
});

describe('outputs whose names are only known afterwards', () => {
  it('are checked as the declared ones are', async () => {
    const { run: work } = stage;
    stage.run = async (context) => {
      await work(context);
      await writeAside(inData('versions', '1234', 'examples.txt'), 'x');
      return [{ path: 'versions/1234' }];
    };
    await run();
    expect(await check()).toEqual({ state: 'done' });
    await writeFile(inData('versions', '1234', 'examples.txt'), 'y');
    expect(await check()).toEqual({
      state: 'stale',
      reason: 'the output versions/1234/examples.txt has changed',
    });
  });
});
