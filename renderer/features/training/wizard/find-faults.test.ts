import { expect, it } from 'vitest';
import { AppError } from '../../../../core/contract/index.ts';
import { findFaults, findProblems, stepOfCheck } from './find-faults.ts';

const paths: Parameters<typeof findProblems>[1] = [
  ['/data/m', 'data'],
  ['/data/m/7b', 'base'],
  ['examples.jsonl', 'data'],
];

it('blames the step whose whole path is named, however the sentence goes on', () => {
  expect(findProblems(['There is no transformers model at /data/m/7b. Choose it.'], paths)).toEqual({
    base: 'missing',
  });
  expect(findProblems(['/data/m is no file.', 'x'], paths)).toEqual({ data: 'missing' });
  expect(findProblems(['examples.jsonl, line 3, is not JSON.'], paths)).toEqual({ data: 'missing' });
  expect(findProblems(['There is no file /data/mm.', 'There is no file /data/m.jsonl.'], paths)).toEqual({});
});

it('goes by what failed before it goes by a path', () => {
  const error = new AppError('PYTHON_MISSING', 'There is no Python at /data/m/7b');
  expect(findFaults({ kind: 'failed', key: 'a', error }, 'a', paths)).toEqual({ where: 'failure' });
  expect(findFaults({ kind: 'failed', key: 'a', error }, 'b', paths)).toBeUndefined();
});

it('keeps the worst of a step, and leads to where it is mended', () => {
  const check = (id: string, status: 'warning' | 'failure' | 'ok') => ({
    ...{ id, status, title: '', detail: '', hint: '' },
  });
  const checks = [check('data.files', 'failure'), check('leaks.prompts', 'warning'), check('base.fit', 'ok')];
  const about = { key: 'a', measured: false, at: '' };
  expect(findFaults({ kind: 'done', result: { checks }, ...about }, 'a', paths)).toEqual({ data: 'failure' });
  expect(['data.train.length', 'plan.run_dir', 'plan.memory'].map((id) => stepOfCheck({ id }))).toEqual([
    'recipe',
    undefined,
    'recipe',
  ]);
});
