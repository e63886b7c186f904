import { readExamples } from './examples.ts';
import { spiderSplits, splitFiles, tablesFile, type SpiderSplit } from './layout.ts';
import type { PublishedSchema } from './tables-json.ts';
import type { SpiderWorkers } from './worker/run-worker.ts';

/** An example without its question. */
export interface GoldQuery {
  split: SpiderSplit;
  index: number;
  dbId: string;
  sql: string;
}

/** What a release's JSON files say. */
export interface Release {
  examples: GoldQuery[];
  published: PublishedSchema[];
}

/** Blocks while it parses up to 25 MB of JSON: for a worker thread. */
export async function readQueries(input: { spiderDir: string; split: SpiderSplit }): Promise<GoldQuery[]> {
  const examples = await readExamples(input.spiderDir, input.split);
  return examples.map(({ split, index, dbId, sql }) => ({ split, index, dbId, sql }));
}

/**
 * Reads a release on a thread, file by file, so that no message is long.
 * @param onError gets what is wrong with a file, which then counts as empty; without it the error is thrown
 */
export async function readRelease(
  workers: SpiderWorkers,
  spiderDir: string,
  onError: (file: string, error: unknown) => void = (_file, error) => {
    throw error;
  },
): Promise<Release> {
  const release: Release = { examples: [], published: [] };
  for (const split of spiderSplits) {
    try {
      release.examples.push(...(await workers.run('readQueries', { spiderDir, split })));
    } catch (error) {
      onError(splitFiles[split], error);
    }
  }
  try {
    release.published = await workers.run('readPublished', { spiderDir });
  } catch (error) {
    onError(tablesFile, error);
  }
  return release;
}
