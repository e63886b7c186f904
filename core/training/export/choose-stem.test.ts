import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashFile } from '../../dataset/stages/index.ts';
import { writeOrigin } from '../../models/origin.ts';
import { chooseStem } from './choose-stem.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'stem-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const [sourceHash, otherHash] = ['abcdef0123', '9876543210'];
const choose = (step: number, hash = sourceHash) =>
  chooseStem({ runId: 'retail', step, types: ['Q8_0'], sourceHash: hash, modelsDir: folder });

async function writeExport(name: string, step: number, hash = sourceHash): Promise<string> {
  const file = join(folder, name);
  writeFileSync(file, `weights of ${hash}`);
  await writeOrigin(file, {
    ...{ kind: 'run', runId: 'retail', run: 'Retail', step, base: 'starter', quantization: 'Q8_0' },
    ...{ sourceHash: hash, sha256: await hashFile(file), createdAt: '2026-07-01T10:00:00.000Z' },
  });
  return file;
}

it('a run’s files are named by it and the checkpoint', async () => {
  expect(await choose(60)).toEqual({ stem: 'retail-step-000060', here: [] });
});

it('what lies there of the same weights is left as it is', async () => {
  const path = await writeExport('retail-step-000060-Q8_0.gguf', 60);
  expect(await choose(60)).toEqual({ stem: 'retail-step-000060', here: [{ path, type: 'Q8_0' }] });
  expect((await choose(90)).stem).toBe('retail-step-000090');
});

it('nothing is overwritten by a run of the same name and step, whose run before was removed', async () => {
  const first = await writeExport('retail-step-000060-Q8_0.gguf', 60);
  const bytes = readFileSync(first);
  expect(await choose(60, otherHash)).toEqual({ stem: 'retail-step-000060-98765432', here: [] });
  expect(readFileSync(first)).toEqual(bytes);
});

it('nor a file that was changed since, or that nobody knows', async () => {
  const changed = await writeExport('retail-step-000060-Q8_0.gguf', 60);
  writeFileSync(changed, 'something else');
  expect((await choose(60)).stem).toBe('retail-step-000060-abcdef01');
  writeFileSync(join(folder, 'retail-step-000060-abcdef01-Q8_0.gguf'), 'without an origin');
  expect((await choose(60)).stem).toBe('retail-step-000060-abcdef01-2');
});
