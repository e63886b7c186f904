import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * `import … from '…'` and `export … from '…'` up to their file's name, an import for its effect alone, and one at run
 * time. What is only a type is erased before the program runs, and counts no more than a comment.
 */
const importPattern =
  /^(?:import|export)(?!\s+type\b)\s[^'"`;]*?\bfrom\s+['"](\.[^'"]+)['"]|^import\s+['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]/gm;

/** A source file and all sources that it imports, and they in turn, by path. @throws ENOENT where one is missing */
export async function followImports(entry: string): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (sources.has(file)) continue;
    const source = await readFile(file, 'utf8');
    sources.set(file, source);
    waiting.push(...listImports(file, source));
  }
  return new Map([...sources].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function listImports(file: string, source: string): string[] {
  const found = [...source.matchAll(importPattern)].map(([, from, effect, late]) => from ?? effect ?? late);
  return found.filter((path) => path !== undefined).map((path) => join(dirname(file), path));
}
