import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { locateDatasetDir } from './app-paths.ts';

it('finds the dataset in the checkout, or where the environment says', () => {
  expect(locateDatasetDir('/data', {})).toBe(resolve(import.meta.dirname, '..', '..', 'data'));
  expect(locateDatasetDir('/data', { SQLCODEGEN_DATASET_DIR: '' })).toBe(locateDatasetDir('/data', {}));
  expect(locateDatasetDir('/data', { SQLCODEGEN_DATASET_DIR: '/sets/mine' })).toBe(join('/sets', 'mine'));
});
