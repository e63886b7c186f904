import { build as bundle, type BuildOptions, type Metafile } from 'esbuild';
import { writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build as buildVite } from 'vite';
import { root } from './run-command.ts';

/** The page: one bundle for Electron and for browsers. */
export async function buildRenderer(): Promise<void> {
  await buildVite({ root: join(root, 'renderer'), logLevel: 'warn' });
}

/** Names of the packages that the built programs ask for at run time, as JSON: what a packaged app must hold. */
export const externalPackagesFile = join(root, 'dist', 'electron', 'external-packages.json');

/**
 * Electron's two entry points, the command line, and beside them those of worker threads and processes. Packages stay
 * outside: some are native, and all are shipped beside the bundle.
 */
export async function buildElectron(): Promise<void> {
  const common: BuildOptions = {
    bundle: true,
    platform: 'node',
    target: 'node24',
    packages: 'external',
    sourcemap: 'linked',
    metafile: true,
    logLevel: 'warning',
  };
  const built = await Promise.all([
    bundle({
      ...common,
      entryPoints: [
        { in: join(root, 'electron', 'main.ts'), out: 'main' },
        { in: join(root, 'core', 'cli', 'main.ts'), out: 'sqlcodegen' },
        { in: join(root, 'core', 'conversion', 'worker.ts'), out: 'conversion-worker' },
        { in: join(root, 'core', 'dataset', 'live-proof', 'worker.ts'), out: 'live-proof-worker' },
        { in: join(root, 'core', 'models', 'quantize', 'quantize-worker.ts'), out: 'quantize-worker' },
        { in: join(root, 'core', 'models', 'raw-speed', 'raw-worker.ts'), out: 'raw-worker' },
        { in: join(root, 'core', 'generation', 'bench', 'speed-worker.ts'), out: 'speed-worker' },
        { in: join(root, 'core', 'spider', 'worker', 'spider-worker.ts'), out: 'spider-worker' },
      ],
      outdir: join(root, 'dist', 'electron'),
      format: 'esm',
    }),
    bundle({
      ...common,
      entryPoints: [join(root, 'electron', 'preload.ts')],
      // A sandboxed preload must be CommonJS.
      outfile: join(root, 'dist', 'electron', 'preload.cjs'),
      format: 'cjs',
      external: ['electron'],
    }),
  ]);
  const names = built.flatMap(({ metafile }) => (metafile ? listExternalPackages(metafile) : []));
  writeFileSync(externalPackagesFile, `${JSON.stringify([...new Set(names)].toSorted(), undefined, 2)}\n`);
}

function listExternalPackages({ outputs }: Metafile): string[] {
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  const paths = imports.filter(({ external }) => external).map(({ path }) => path);
  const packages = paths.filter((path) => !path.startsWith('.') && path !== 'electron' && !isBuiltin(path));
  return packages.map((path) =>
    path
      .split('/')
      .slice(0, path.startsWith('@') ? 2 : 1)
      .join('/'),
  );
}

export async function buildAll(): Promise<void> {
  await Promise.all([buildRenderer(), buildElectron()]);
}
