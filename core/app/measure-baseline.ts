import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/index.ts';
import { formatBaseline, measureBaseline, type BaselineReport } from '../conversion/baseline/index.ts';
import { openSpiderLoader, readPairs } from '../conversion/index.ts';
import { startEmbeddedServer } from '../postgres/embedded.ts';
import { expectDatabases } from './expect-databases.ts';
import { withPipelineLock } from './spider-pipeline.ts';

export { formatBaseline };
export type { BaselineReport };

export interface MeasureBaselineOptions {
  /** Holds raw/, processed/ and cache/. */
  dataDir: string;
  /** Only these databases; all by default. */
  dbIds?: string[] | undefined;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/**
 * Measures how published queries fare on PostgreSQL without and with the conversion, on the server that holds the
 * loaded databases.
 * @throws AppError DATASET_MISSING before `data convert`, INVALID_INPUT for a database that there is not
 */
export async function measureImportedBaseline(options: MeasureBaselineOptions): Promise<BaselineReport> {
  const { dataDir, dbIds, signal } = options;
  return withPipelineLock(dataDir, async () => {
    const pairs = await readPairs(join(dataDir, 'processed'));
    expectDatabases(dbIds, pairs);
    const server = await startEmbeddedServer({ dataDir: join(dataDir, 'cache', 'spider-server'), signal });
    const loader = await openSpiderLoader(server);
    try {
      return await measureBaseline({
        ...options,
        loader,
        spiderDir: join(dataDir, 'raw', 'spider'),
        pairs: pairs.filter((pair) => dbIds === undefined || dbIds.includes(pair.dbId)),
      });
    } finally {
      await loader.close();
      await server.stop();
    }
  });
}

const startMark = '<!-- baseline:start -->';
const endMark = '<!-- baseline:end -->';

/**
 * Puts the table between the marks of a Markdown file; the rest stays as it is.
 * @throws AppError INVALID_INPUT where the file has no marks
 */
export async function writeBaseline(file: string, report: BaselineReport): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [start, end] = [text.indexOf(startMark), text.indexOf(endMark)];
  if (start < 0 || end < start) {
    throw new AppError('INVALID_INPUT', `${file} does not say where the table goes.`, {
      hint: `Put the lines ${startMark} and ${endMark} there.`,
    });
  }
  const written = `${text.slice(0, start + startMark.length)}\n\n${formatBaseline(report)}\n\n${text.slice(end)}`;
  await writeFile(`${file}.partial`, written);
  await rename(`${file}.partial`, file);
}
