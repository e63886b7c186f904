import { build as bundle, type BuildOptions } from 'esbuild';
import { join } from 'node:path';
import { build as buildVite } from 'vite';
import { root } from './run-command.ts';

/** The page: one bundle for Electron and for browsers. */
export async function buildRenderer(): Promise<void> {
  await buildVite({ root: join(root, 'renderer'), logLevel: 'warn' });
}

/**
 * Electron's two entry points, and beside them those of worker threads and processes. Packages stay outside: some are
 * native, and all are shipped beside the bundle.
 */
export async function buildElectron(): Promise<void> {
  const common: BuildOptions = {
    bundle: true,
    platform: 'node',
    target: 'node24',
    packages: 'external',
    sourcemap: 'linked',
    logLevel: 'warning',
  };
  await Promise.all([
    bundle({
      ...common,
      entryPoints: [
        { in: join(root, 'electron', 'main.ts'), out: 'main' },
        { in: join(root, 'core', 'conversion', 'worker.ts'), out: 'conversion-worker' },
        { in: join(root, 'core', 'dataset', 'live-proof', 'worker.ts'), out: 'live-proof-worker' },
        { in: join(root, 'core', 'models', 'quantize', 'quantize-worker.ts'), out: 'quantize-worker' },
        { in: join(root, 'core', 'models', 'raw-speed', 'raw-worker.ts'), out: 'raw-worker' },
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
}

export async function buildAll(): Promise<void> {
  await Promise.all([buildRenderer(), buildElectron()]);
}
