import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { placeTrainer } from './place-trainer.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'place-trainer-'));
  mkdirSync(join(folder, 'training', 'doctor'), { recursive: true });
  writeFileSync(join(folder, 'training', 'train.py'), 'one');
  writeFileSync(join(folder, 'training', 'doctor', 'plan.py'), 'plan');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('leaves a copy of each version beside those that may still train', () => {
  const [sources, dataDir] = [join(folder, 'training'), join(folder, 'data')];
  const first = placeTrainer(sources, dataDir);
  expect(first).toMatch(/[/\\]training$/);
  expect(readFileSync(join(first, 'doctor', 'plan.py'), 'utf8')).toBe('plan');
  expect(placeTrainer(sources, dataDir)).toBe(first);
  writeFileSync(join(sources, 'train.py'), 'two');
  const second = placeTrainer(sources, dataDir);
  expect(second).not.toBe(first);
  expect(readFileSync(join(first, 'train.py'), 'utf8')).toBe('one');
  expect(readFileSync(join(second, 'train.py'), 'utf8')).toBe('two');
  expect(readdirSync(join(second, '..'))).toEqual(['training']);
});
