import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { convertSpider, openSpiderLoader, type ConversionReport } from '../conversion/index.ts';
import { startEmbeddedServer } from '../postgres/embedded.ts';
import { importSpider, readManifest, type SpiderManifest } from '../spider/index.ts';
import { AppError } from '../contract/index.ts';

export interface PipelineOptions {
  /** Holds raw/, processed/ and cache/: the project's `data` folder by default. */
  dataDir: string;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/** The project's own `data` folder. */
export const projectDataDir = resolve(import.meta.dirname, '..', '..', 'data');

/** Imports a Spider release (zip or folder) into `raw/spider`. */
export function importSpiderInto(source: string, options: PipelineOptions): Promise<SpiderManifest> {
  return importSpider(resolve(source), spiderDirOf(options.dataDir), options);
}

/**
 * Converts the imported Spider into `processed`, on an embedded server of its own under `cache`, so that the app's
 * demo databases are not touched.
 * @throws AppError DATASET_MISSING where nothing has been imported.
 */
export async function convertImportedSpider(options: PipelineOptions): Promise<ConversionReport> {
  const spiderDir = spiderDirOf(options.dataDir);
  if ((await readManifest(spiderDir)) === undefined) {
    throw new AppError('DATASET_MISSING', 'No Spider release has been imported.', {
      hint: 'Run `sqlcodegen data import FILE` with spider.zip first.',
    });
  }
  const serverDir = join(options.dataDir, 'cache', 'spider-server');
  await mkdir(serverDir, { recursive: true });
  const server = await startEmbeddedServer({ dataDir: serverDir, signal: options.signal });
  try {
    const loader = await openSpiderLoader(server);
    try {
      const outDir = join(options.dataDir, 'processed');
      return await convertSpider({ ...options, spiderDir, outDir, loader, serverVersion: server.version });
    } finally {
      await loader.close();
    }
  } finally {
    await server.stop();
  }
}

function spiderDirOf(dataDir: string): string {
  return join(dataDir, 'raw', 'spider');
}
