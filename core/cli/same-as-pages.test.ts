import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { contract } from '../contract/index.ts';

const root = resolve(import.meta.dirname, '..', '..');

/** Calls of a page that no command makes, and why. */
const ofPagesOnly: Record<string, string> = {
  'models.list': '`models list` prints `models.catalogue`, which holds more',
  'models.preload': 'a window loads the model ahead; a command that needs it loads it itself',
  'models.unload': 'frees the memory of a window; that of a command is free when it ends',
  'models.startQuantize': '`models quantize` makes the same files without a queue',
};

/** Calls of these domains that the sources make: `core['models.add']`. */
function findCalls(pattern: string): Set<string> {
  const files = globSync(pattern, { cwd: root }).filter((file) => !/\.test\.tsx?$|\/testing\//.test(file));
  const found = files.flatMap((file) => [
    ...readFileSync(resolve(root, file), 'utf8').matchAll(/\['((?:training|models|loop)\.\w+)'\]/g),
  ]);
  return new Set(found.map(([, name = '']) => name));
}

it('what a page does about training and models, a command does, too', () => {
  const [pages, commands] = [findCalls('renderer/**/*.{ts,tsx}'), findCalls('core/cli/**/*.ts')];
  expect(pages.size).toBeGreaterThan(40);
  expect([...pages, ...commands].filter((name) => !(name in contract))).toEqual([]);
  const missing = [...pages].filter((name) => !commands.has(name) && !(name in ofPagesOnly));
  expect(missing.toSorted()).toEqual([]);
});
