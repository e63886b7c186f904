import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledWorkerName, hashImported } from './code-version.ts';
import { followImports } from './follow-imports.ts';

const core = join(import.meta.dirname, '..');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-code-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the bundler finds that a source file needs: a way of its own to the same list. */
async function listBundled(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(core, entry)],
    absWorkingDir: core,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    metafile: true,
    write: false,
    outdir: folder,
  });
  return Object.keys(metafile.inputs).sort();
}

async function listFollowed(entry: string): Promise<string[]> {
  const files = await followImports(join(core, entry));
  return [...files.keys()].map((file) => relative(core, file).replaceAll('\\', '/')).sort();
}

describe('the sources that count', () => {
  it.each(['conversion/worker.ts', 'conversion/load.ts'])(
    'are all that %s imports, as the bundler finds them',
    async (entry) => {
      const bundled = await listBundled(entry);
      expect(bundled.length).toBeGreaterThan(20);
      expect(await listFollowed(entry)).toEqual(bundled);
    },
  );

  it('are those that make generated rows, run gold queries and insert rows, too', async () => {
    expect(await listFollowed('conversion/worker.ts')).toEqual(
      expect.arrayContaining([
        'conversion/filling/read-query.ts',
        'conversion/report-load.ts',
        'conversion/worker.ts',
        'postgres/load-rows.ts',
        'spider/run-gold.ts',
      ]),
    );
  });

  it('change the hash, each of them', { timeout: 30_000 }, async () => {
    const files = await listFollowed('conversion/worker.ts');
    for (const file of files) await cp(join(core, file), join(folder, file));
    const hash = () => hashImported(join(folder, 'conversion', 'worker.ts'));
    const before = await hash();
    const without: string[] = [];
    for (const file of files) {
      const source = await readFile(join(folder, file));
      await appendFile(join(folder, file), '// another\n');
      if ((await hash()) === before) without.push(file);
      await writeFile(join(folder, file), source);
    }
    expect(without).toEqual([]);
    expect(await hash()).toBe(before);
  });

  it('give the same hash wherever they lie', async () => {
    for (const file of await listFollowed('conversion/load.ts'))
      await cp(join(core, file), join(folder, file));
    expect(await hashImported(join(folder, 'conversion', 'load.ts'))).toBe(
      await hashImported(join(core, 'conversion', 'load.ts')),
    );
  });
});

it('finds imports in every form, and none of a type', async () => {
  const write = (name: string, source: string) => writeFile(join(folder, name), source);
  await write(
    'entry.ts',
    [
      "import { a } from './a.ts';",
      'import {\n  b,\n  type C,\n} from "./b.ts";',
      "import './effect.ts';",
      "export { d } from './d.ts';",
      "export * from './e.ts';",
      "import type { T } from './only-a-type.ts';",
      "import { join } from 'node:path';",
      "export const late = () => import('./late.ts');",
    ].join('\n'),
  );
  for (const name of ['a', 'b', 'd', 'effect', 'late']) await write(`${name}.ts`, 'export {};');
  await write('e.ts', "export * from './entry.ts';");
  const names = [...(await followImports(join(folder, 'entry.ts'))).keys()].map((file) =>
    relative(folder, file),
  );
  expect(names).toEqual(['a.ts', 'b.ts', 'd.ts', 'e.ts', 'effect.ts', 'entry.ts', 'late.ts']);
});

it('is the same in every bundle beside the worker, and another when the worker is', async () => {
  const bundle = async (name: string) => {
    const outfile = join(folder, name);
    await build({
      entryPoints: [join(core, 'conversion', 'code-version.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
    });
    return (await import(pathToFileURL(outfile).href)) as typeof import('./code-version.ts');
  };
  await mkdir(join(folder, 'a'));
  await mkdir(join(folder, 'b'));
  await writeFile(join(folder, 'a', bundledWorkerName), 'one');
  await writeFile(join(folder, 'b', bundledWorkerName), 'two');
  const hashIn = async (name: string) => {
    const { hashLoad, hashUnit } = await bundle(name);
    return [await hashLoad(folder, 'shop'), await hashUnit(folder, 'shop', [])];
  };
  const main = await hashIn('a/main.mjs');
  expect(await hashIn('a/live-proof-worker.mjs')).toEqual(main);
  const [load, unit] = await hashIn('b/main.mjs');
  expect(load).not.toBe(main[0]);
  expect(unit).not.toBe(main[1]);
});
