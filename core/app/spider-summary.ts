import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PairOutcome, SpiderSplitName } from '../contract/index.ts';
import { readManifest } from '../spider/index.ts';

/** Pairs by Spider's split and by how they end. */
export type OutcomeCounts = Partial<Record<SpiderSplitName, Partial<Record<PairOutcome, number>>>>;

export interface ImportCounts {
  databases: number;
  /** By Spider's split. */
  examples: Record<string, number>;
  files: number;
}

/**
 * What lies in the data folder, read from its files: the same after a run that had nothing to do. What no stage has
 * made yet is absent.
 */
export interface DatasetSummary {
  import?: ImportCounts | undefined;
  pairs?: OutcomeCounts | undefined;
}

export async function readSummary(dataDir: string): Promise<DatasetSummary> {
  const processed = join(dataDir, 'processed');
  return {
    import: await countImport(join(dataDir, 'raw', 'spider')),
    pairs: await countOutcomes(join(processed, 'pairs.jsonl')),
  };
}

async function countImport(spiderDir: string): Promise<ImportCounts | undefined> {
  const manifest = await readManifest(spiderDir);
  if (manifest === undefined) return undefined;
  const { databases, examples, files } = manifest;
  return { databases, examples, files: files.length };
}

async function countOutcomes(file: string): Promise<OutcomeCounts | undefined> {
  if (!existsSync(file)) return undefined;
  const counts: OutcomeCounts = {};
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const { split, outcome } = JSON.parse(line) as { split: SpiderSplitName; outcome: PairOutcome };
    const own = (counts[split] ??= {});
    own[outcome] = (own[outcome] ?? 0) + 1;
  }
  return counts;
}
