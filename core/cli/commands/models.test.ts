import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Promotions } from '../../contract/index.ts';
import { runCli } from '../run-cli.ts';

const fixtures = path.resolve(import.meta.dirname, '../../models/testing');
const tiny = path.join(fixtures, 'tiny-f16.gguf');
const adapter = path.join(fixtures, 'tiny-adapter.gguf');
const cases = path.join(fixtures, 'tiny-cases.json');
const adapterCases = path.join(fixtures, 'tiny-adapter-cases.json');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cli-models-'));
  process.env.SQLCODEGEN_DATA_DIR = folder;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const [out, err, progress]: [string[], string[], string[]] = [[], [], []];
  const console = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    progress: (text: string) => void progress.push(text),
  };
  const code = await runCli(['models', ...args], { console, signal: new AbortController().signal });
  return { code, out: out.join('\n'), err: err.join('\n'), progress };
}

describe('models quantize', () => {
  test('makes several types at once, with progress on stderr and a table', async () => {
    const { code, out, err, progress } = await run(
      ...['quantize', tiny, '--type', 'q4_k_m,Q8_0', '--out', path.join(folder, 'gguf')],
    );
    expect([code, err]).toEqual([0, 'Q4_K_M written.\nQ8_0 written.']);
    expect(progress[0]).toMatch(/^Q4_K_M {2}1 of \d+ tensors$/);
    expect(out).toMatch(/Q4_K_M +0\.3 MiB +2\.\d\d× .*tiny-Q4_K_M\.gguf\nQ8_0 +0\.5 MiB/);
  });

  test('its JSON is the files alone, and a check takes them', async () => {
    const file = path.join(folder, 'one.gguf');
    const { code, out, err } = await run('quantize', tiny, '--type', 'Q6_K', '--out', file, '--json');
    expect([code, err]).toEqual([0, '']);
    const [model, ...more] = JSON.parse(out) as Record<string, unknown>[];
    expect(more).toEqual([]);
    expect(Object.keys(model ?? {})).toEqual([
      ...['type', 'path', 'sizeBytes', 'ratio', 'seconds', 'fallbackTensors'],
    ]);
    expect(model).toMatchObject({ type: 'Q6_K', path: file });
    expect(await run('check', file, '--cases', cases)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Passed: .*\n.* 10 of 10 prompts\n.* 10 of 10 \(wanted: 100 %\)$/),
    });
  });

  test.each([
    [['quantize', tiny]],
    [['quantize', tiny, '--type', 'Q3_K_S']],
    [['quantize', tiny, '--type', 'Q8_0', '--embedding-type', 'Q4_0']],
    [['check', tiny]],
    [['check', tiny, '--cases', cases, '--min-written-share', '2']],
    [['check', tiny, '--cases', path.join(fixtures, 'nowhere.json')]],
    [['check', tiny, '--cases', tiny]],
  ])('%j is bad usage', async (args) => {
    expect(await run(...args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/.+/) });
  });

  test('a missing file fails with exit code 1', async () => {
    const { code, err } = await run('quantize', path.join(folder, 'no.gguf'), '--type', 'Q8_0');
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^No model file at .*no\.gguf\. Check the path\./),
    ]);
  });
});

describe('models check', () => {
  test("its JSON is the report, and an adapter's outputs need the adapter", async () => {
    const args = ['check', tiny, '--cases', adapterCases, '--json'];
    const { code, out } = await run(...args, '--adapter', adapter);
    const report = JSON.parse(out) as Record<string, unknown>;
    expect(code).toBe(0);
    expect(report).toMatchObject({
      prompts: 10,
      equalTokens: 10,
      written: 10,
      equalWritten: 10,
      passed: true,
    });
    expect(Object.keys(report)).toEqual([
      ...['model', 'quantization', 'adapter', 'prompts', 'equalTokens', 'written', 'equalWritten'],
      ...['minWrittenShare', 'passed', 'firstDifferences', 'seconds'],
    ]);
    const bare = await run(...args);
    expect(bare.code).toBe(1);
    expect(JSON.parse(bare.out)).toMatchObject({ equalWritten: 0, passed: false });
    expect((await run(...args, '--min-written-share', '0')).code).toBe(0);
  });

  test('one wrong token id fails, whatever share of outputs is asked for', async () => {
    const wrong = JSON.parse(readFileSync(cases, 'utf8')) as { tokens: number[] }[];
    wrong[2]?.tokens.pop();
    const file = path.join(folder, 'wrong.json');
    writeFileSync(file, JSON.stringify(wrong));
    const { code, out } = await run('check', tiny, '--cases', file, '--min-written-share', '0');
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/Failed.*9 of 10 prompts.*case 2, tokens from \d+:/s),
    ]);
  });
});

describe('models use, adapter, add', () => {
  test('a file answers from now on, with its adapter, until the starter does again', async () => {
    const { code, out } = await run('use', tiny, '--adapter', adapter, '--json');
    expect([code, JSON.parse(out)]).toEqual([0, { inUse: `${tiny}#adapter=${encodeURIComponent(adapter)}` }]);
    expect((await run('list')).out).toContain(tiny);
    expect((await run('use', path.join(folder, 'no.gguf'))).code).toBe(1);
    expect((await run('use', tiny, '--adapter', path.join(folder, 'no.gguf'))).err).toContain(
      'There is no file',
    );
    expect((await run('use', 'http://127.0.0.1:9/v1')).out).toContain('http://127.0.0.1:9/v1');
    expect((await run('use', 'starter')).out).toMatch(/^In use now: .*starter\.gguf$/);
    const history = JSON.parse((await run('promotions', '--json')).out) as Promotions;
    expect(history.promotions.map(({ kind, to }) => [kind, to.path])).toEqual([
      ['chosen', expect.stringMatching(/starter\.gguf$/)],
      ['chosen', 'http://127.0.0.1:9/v1'],
      ['chosen', `${tiny}#adapter=${encodeURIComponent(adapter)}`],
    ]);
    expect(history.previous?.path).toBe('http://127.0.0.1:9/v1');
    expect((await run('forget', tiny)).code).toBe(0);
    expect((await run('list')).out).not.toContain(tiny);
    expect((await run('add', tiny)).out).toContain('is listed');
  });

  test('says what a file holds, loads it once, and what was measured', async () => {
    expect((await run('details', tiny)).out).toMatch(
      /Tensors:\n {2}\S+: \d+, \d+ weights\n.*Header:\n {2}general/s,
    );
    expect((await run('load', tiny)).out).toMatch(/^Loaded in \d+\.\d s, 0 of \d+ layers on cpu\.$/);
    expect((await run('figures')).out).toBe('Nothing was measured yet.');
    expect((await run('reports')).out).toBe('No comparisons yet.');
    expect((await run('reports', '--show', 'none')).code).toBe(1);
    expect((await run('adapter')).out).toBe('No adapter.');
  });

  test('a file that is there stays, unless it is forced, and one that answers questions stays anyhow', async () => {
    const file = path.join(folder, 'kept.gguf');
    const args = ['quantize', tiny, '--type', 'Q8_0', '--out', file];
    expect((await run(...args)).code).toBe(0);
    expect(await run(...args)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/is there already.*--force/),
    });
    expect((await run(...args, '--force')).code).toBe(0);
    await run('use', file);
    expect(await run(...args, '--force')).toMatchObject({
      code: 1,
      err: expect.stringContaining('answers the questions now'),
    });
    await run('use', 'starter');
  });
});

describe('models servers', () => {
  test('are kept, tried and forgotten; no key stands in a command', async () => {
    expect((await run('servers')).out).toBe('No servers yet.');
    const added = await run(
      'servers',
      'add',
      'http://127.0.0.1:9/v1',
      '--name',
      'lab',
      '--key-env',
      'LAB_KEY',
    );
    expect(added.out).toContain('key in LAB_KEY, this machine');
    expect((await run('servers', 'test', 'lab')).code).toBe(1);
    expect((await run('servers', 'test', 'moon')).err).toContain('There are lab.');
    expect((await run('servers', 'remove', 'lab')).out).toBe('lab is forgotten.');
    expect((await run('servers', 'add', 'nowhere')).code).toBe(2);
    expect((await run('hub-token')).out).toMatch(/^https:\/\/\S+ with /);
    expect((await run('hub-token', '--env', 'CLI_MODELS_NOT_SET')).code).toBe(2);
  });
});
