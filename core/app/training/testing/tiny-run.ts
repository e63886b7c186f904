import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TrainingDraft } from '../../../contract/index.ts';

const root = resolve(import.meta.dirname, '..', '..', '..', '..');

/** The trainer's environment that `npm test` makes first. */
export const testPython = join(root, 'training', '.venv', 'bin', 'python');

/** Why tests that train are skipped; undefined where they are not. */
export function whyNotTrain(): string | undefined {
  if (process.platform !== 'linux') return 'training on this machine needs Linux';
  return existsSync(testPython) ? undefined : 'training/.venv is not made: `npm test` makes it';
}

const columns = ['name', 'city', 'age', 'price', 'year'];

/** Lines as the starter reads them, ten questions. */
export function writeTinyExamples(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'examples.jsonl');
  const lines = columns.flatMap((column, index) => [
    {
      question: `list the ${column} of all shops`,
      prompt: `Ta shop Ca ${columns.join(' t Cb ')} t | list the ${column} of all shops |`,
      completion: `from Ta select C${'abcde'[index]}`,
    },
    {
      question: `highest ${column} of shops`,
      prompt: `Ta shop Ca ${columns.join(' t Cb ')} t | highest ${column} of shops |`,
      completion: `from Ta select max ( C${'abcde'[index]} )`,
    },
  ]);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

/** A run of so many steps on the starter's weights, a checkpoint every five. */
export function tinyDraft(examples: string, maxSteps: number, name = 'Tiny run'): TrainingDraft {
  return {
    name,
    data: { sources: [{ kind: 'file', path: examples, weight: 1 }], validationShare: 0.2 },
    base: { kind: 'starter' },
    recipe: {
      ...{ preset: 'smoke', method: 'full', quantize: [] },
      changes: { maxSteps, checkpointEverySteps: 5, evaluateEverySteps: 10 },
    },
    target: { kind: 'local', python: testPython },
  };
}
