import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { trainingDraftSchema, type TrainingMethod } from '../../contract/index.ts';
import { buildRecipe, fileNameOf } from './build-recipe.ts';
import { presets } from './presets.ts';
import { dropEarlyStopping, setMaxSteps, writeYaml } from './write-yaml.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
const python = join(root, 'training', '.venv', 'bin', 'python');
const place = {
  basePath: '/models/base',
  targetForm: 'sql',
  hasValidation: true,
  license: 'x',
  attribution: 'y',
} as const;

function draftOf(preset: string, method: TrainingMethod, name = 'A run: "quoted" #1') {
  return trainingDraftSchema.parse({
    name,
    data: { sources: [{ kind: 'spider' }] },
    base: method === 'scratch' ? { kind: 'scratch' } : { kind: 'folder', path: '/models/base' },
    recipe: { preset, method },
    target: { kind: 'local' },
  });
}

function recipeOf(preset: string, method: TrainingMethod): string {
  const { basePath: _, ...rest } = place;
  return buildRecipe(
    draftOf(preset, method),
    method === 'scratch' ? { ...rest, targetForm: 'sketch' } : place,
  );
}

// Skipped where training/.venv is not made: `npm test` makes it.
it.skipIf(!existsSync(python))('the trainer takes every preset with each of its methods', () => {
  const folder = mkdtempSync(join(tmpdir(), 'recipes-'));
  try {
    const files = presets.flatMap(({ id, methods }) =>
      methods.map((method) => {
        const file = join(folder, `${id}-${method}.yaml`);
        writeFileSync(file, recipeOf(id, method));
        return file;
      }),
    );
    const check =
      'import sys; from training.config import load_config; [load_config(f) for f in sys.argv[1:]]; print("fine")';
    const said = execFileSync(python, ['-c', check, ...files], { cwd: root, encoding: 'utf8' });
    expect(files.length).toBeGreaterThan(8);
    expect(said.trim()).toBe('fine');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('a limit that is chosen takes the place of the preset’s', () => {
  const draft = draftOf('lora', 'lora');
  expect(buildRecipe(draft, place)).toMatch(/^ {2}epochs: 3$/m);
  const limited = { ...draft, recipe: { ...draft.recipe, changes: { maxSteps: 7 } } };
  expect(buildRecipe(limited, place)).toMatch(/^ {2}max_steps: 7$/m);
  expect(buildRecipe(limited, place)).not.toMatch(/epochs:/);
});

it('few examples are repeated up to a least number of steps, unless a limit is chosen', () => {
  const draft = draftOf('starter-small', 'full');
  expect(buildRecipe(draft, place)).toMatch(/^ {2}epochs: 2\n {2}min_steps: 60$/m);
  const limited = { ...draft, recipe: { ...draft.recipe, changes: { epochs: 3 } } };
  expect(buildRecipe(limited, place)).not.toMatch(/min_steps:/);
  const least = { ...draft, recipe: { ...draft.recipe, changes: { minSteps: 200 } } };
  expect(buildRecipe(least, place)).toMatch(/^ {2}epochs: 2\n {2}min_steps: 200$/m);
});

it('predictions are executed where the model writes SQL and the app is there', () => {
  const draft = draftOf('lora', 'lora');
  const command = ['node', 'main.ts', 'eval'];
  expect(buildRecipe(draft, { ...place, evaluateCommand: command })).toContain(
    'command: ["node","main.ts","eval"]',
  );
  expect(buildRecipe(draft, { ...place, evaluateCommand: command, targetForm: 'sketch' })).toContain(
    'predict_examples: 0',
  );
  expect(buildRecipe(draft, place)).toContain('predict_examples: 0');
});

it('writes YAML that reads back as what it was', () => {
  const text = writeYaml({
    a: { b: 1e-7, c: 'yes', d: 'plain words', e: null, f: ['x: y'], g: undefined },
    h: true,
  });
  expect(text).toBe('a:\n  b: 1.0e-7\n  c: "yes"\n  d: plain words\n  e: null\n  f: ["x: y"]\nh: true\n');
});

it('gives a run that goes on another limit', () => {
  const yaml = 'name: x\ntrain:\n  epochs: 3\n  min_steps: 30\n  max_minutes: 5\n  precision: bf16\n';
  expect(setMaxSteps(yaml, 900)).toBe('name: x\ntrain:\n  max_steps: 900\n  precision: bf16\n');
});

it('lets a run that ended early go on', () => {
  const yaml = 'train:\n  keep_checkpoints: 2\n  early_stopping_evaluations: 6\nevaluate:\n';
  expect(dropEarlyStopping(yaml)).toBe('train:\n  keep_checkpoints: 2\nevaluate:\n');
});

it('names files without what file systems refuse', () => {
  expect(fileNameOf('Größe / ../etc: 1')).toBe('Gro-e-..-etc-1');
  expect(fileNameOf('???')).toBe('run');
});
