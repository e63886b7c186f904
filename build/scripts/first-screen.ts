import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run-command.ts';

const rendererDir = join(root, 'dist', 'renderer');

/**
 * What a browser loads before the first screen stands: the scripts and styles that index.html names, and all that
 * these import statically. Lazy pages come later and do not count.
 * @returns paths below `dist/renderer`
 */
export function listFirstScreen(read: (path: string) => string = readBuilt): string[] {
  const html = read('index.html');
  const named = [...html.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="\.?\/?([^"]+\.(?:js|css))"/g)];
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    if (!path.endsWith('.js')) return;
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    // `import{a}from"./b.js"`, `import"./b.js"`, `export*from"./b.js"`, but not `import("./b.js")`.
    for (const [, next] of read(path).matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g)) {
      if (next !== undefined) visit(folder + next);
    }
  };
  for (const [, path] of named) if (path !== undefined) visit(path);
  return [...found];
}

function readBuilt(path: string): string {
  return readFileSync(join(rendererDir, path), 'utf8');
}
