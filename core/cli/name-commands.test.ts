import { describe, expect, it } from 'vitest';
import { findDataDir, nameCommands } from './name-commands.ts';

describe('naming commands in hints', () => {
  it.each([
    ['Run `sqlcodegen data all`.', undefined, 'Run `npm run -s sqlcodegen -- data all`.'],
    ['Run `sqlcodegen data all`.', '/d', 'Run `npm run -s sqlcodegen -- data all --data-dir /d`.'],
    [
      'Run `npm run -s sqlcodegen -- data import FILE`, or `sqlcodegen data all`.',
      'my data',
      'Run `npm run -s sqlcodegen -- data import FILE --data-dir "my data"`, or `npm run -s sqlcodegen -- data all --data-dir "my data"`.',
    ],
    ['Try `sqlcodegen store reset`.', '/d', 'Try `npm run -s sqlcodegen -- store reset`.'],
    ['Put it at data/raw/spider/spider.zip.', '/d', 'Put it at /d/raw/spider/spider.zip.'],
    ['Use `chmod u+rw FILE`.', '/d', 'Use `chmod u+rw FILE`.'],
  ])('%s with %s', (hint, dataDir, named) => {
    expect(nameCommands(hint, dataDir)).toBe(named);
  });

  it.each([
    [['data', 'all'], undefined],
    [['data', 'all', '--data-dir', '/d'], '/d'],
    [['data', '--data-dir=/d', 'all'], '/d'],
    [['data', 'all', '--data-dir'], undefined],
  ])('finds the data folder of %j', (args, expected) => {
    expect(findDataDir(args)).toBe(expected);
  });
});
