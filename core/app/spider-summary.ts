import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { provenPairSchema } from '../contract/index.ts';
import type { PairOutcome, SpiderSplitName } from '../contract/index.ts';
import { formatReportFile, type FormatReport } from '../dataset/format/index.ts';
import { readLines } from '../dataset/reading/read-lines.ts';
import { splitReportFile, type SplitReport } from '../dataset/split/index.ts';
import { readManifest, type VerifyReport } from '../spider/index.ts';
import { readCurrentVersion } from './spider-versions.ts';
import { verifyReportName } from './stages/release-stages.ts';

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
  /** Gold queries that run on SQLite, by Spider's split; how the copy differs from the official release. */
  verify?: Pick<VerifyReport, 'gold' | 'differences'> | undefined;
  pairs?: OutcomeCounts | undefined;
  /** Of `train_mistral.jsonl` and `dev_mistral.jsonl`. */
  format?: Pick<FormatReport, 'tokenizer' | 'maxTokens' | 'cutOff' | 'files'> | undefined;
  splits?: SplitReport['splits'] | undefined;
  version?: string | undefined;
}

export async function readSummary(dataDir: string): Promise<DatasetSummary> {
  const processed = join(dataDir, 'processed');
  return {
    import: await countImport(join(dataDir, 'raw', 'spider')),
    verify: await readVerified(join(processed, verifyReportName)),
    pairs: await countOutcomes(join(processed, 'pairs.jsonl')),
    format: await readFormat(join(processed, formatReportFile)),
    splits: (await readReport<SplitReport>(join(processed, splitReportFile)))?.splits,
    version: await readCurrentVersion(dataDir),
  };
}

async function readVerified(file: string): Promise<DatasetSummary['verify']> {
  const report = await readReport<VerifyReport>(file);
  return report && { gold: report.gold, differences: report.differences };
}

async function readFormat(file: string): Promise<DatasetSummary['format']> {
  const report = await readReport<FormatReport>(file);
  if (report === undefined) return undefined;
  const { tokenizer, maxTokens, cutOff, files } = report;
  return { tokenizer, maxTokens, cutOff, files };
}

/** A report that its stage has not written yet, or that is damaged and will be written again, is left out. */
async function readReport<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

async function countImport(spiderDir: string): Promise<ImportCounts | undefined> {
  const manifest = await readManifest(spiderDir);
  if (manifest === undefined) return undefined;
  const { databases, examples, files } = manifest;
  return { databases, examples, files: files.length };
}

const outcomeSchema = provenPairSchema.pick({ split: true, outcome: true });

/** Left out, too, where it is damaged: `convert` makes it again. */
async function countOutcomes(file: string): Promise<OutcomeCounts | undefined> {
  const counts: OutcomeCounts = {};
  try {
    for await (const { bytes } of readLines(file)) {
      const { split, outcome } = outcomeSchema.parse(JSON.parse(bytes.toString()));
      const own = (counts[split] ??= {});
      own[outcome] = (own[outcome] ?? 0) + 1;
    }
  } catch {
    return undefined;
  }
  return counts;
}
