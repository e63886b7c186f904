import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { AppError } from '../../../contract/index.ts';
import { fingerprint } from '../../find-leaks.ts';
import { increase, proveShard, type ProofOptions, type ProvenLine, type ShardCounts } from './prove-shard.ts';

/** Raised when the same seed would give other pairs: what lies there is then not continued. */
const formatVersion = 1;

export interface SyntheticReport extends Omit<ShardCounts, 'domains'> {
  seed: number;
  formatVersion: number;
  shards: number;
  domains: number;
  /** Different questions, their case, spacing and punctuation aside. */
  distinctQuestions: number;
  emptyShare: number;
  /** Pairs kept a second, of the shards made in this run. */
  pairsPerSecond: number;
}

export interface WriteOptions extends ProofOptions {
  folder: string;
  /** Pairs wanted; the shard that reaches them is kept whole. */
  count: number;
  report?: (pairs: number, pairsPerSecond: number) => void;
}

const nameOf = (shard: number) => String(shard).padStart(5, '0');
const pairsFile = (folder: string, shard: number) => path.join(folder, `pairs-${nameOf(shard)}.jsonl.gz`);
const countsFile = (folder: string, shard: number) => path.join(folder, `counts-${nameOf(shard)}.json`);

/** Written aside and renamed, so that a run cut short leaves no half of a file. */
function writeWhole(file: string, content: string | Uint8Array): void {
  writeFileSync(`${file}.part`, content);
  renameSync(`${file}.part`, file);
}

const zipLines = (lines: readonly object[]) =>
  gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { level: 6 });

function openFolder({ folder, seed, sources, schemasPerShard }: WriteOptions): void {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'run.json');
  const mine = JSON.stringify({
    formatVersion,
    seed,
    schemasPerShard,
    templates: sources.templates?.stock.templates.length ?? 0,
    databases: sources.templates?.databases.size ?? 0,
  });
  if (!existsSync(file)) return writeWhole(file, mine);
  if (readFileSync(file, 'utf8') === mine) return;
  throw new AppError(
    'CONFLICT',
    `${folder} holds synthetic pairs of another seed, other templates or another version.`,
    {
      hint: 'Name another folder with --out, or delete that one.',
    },
  );
}

/** A finished shard's counts; the counts are written last, so they stand for the whole shard. */
function readCounts(folder: string, shard: number): ShardCounts | undefined {
  const file = countsFile(folder, shard);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ShardCounts) : undefined;
}

async function makeShard(options: WriteOptions, shard: number): Promise<ShardCounts> {
  const { pairs, schemas, counts } = await proveShard(options, shard);
  writeWhole(pairsFile(options.folder, shard), zipLines(pairs));
  writeWhole(path.join(options.folder, `schemas-${nameOf(shard)}.jsonl.gz`), zipLines(schemas));
  writeWhole(countsFile(options.folder, shard), JSON.stringify(counts));
  return counts;
}

/** The lines of a finished shard. */
export function readShard(folder: string, shard: number): ProvenLine[] {
  const text = gunzipSync(readFileSync(pairsFile(folder, shard))).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ProvenLine);
}

function countDistinct(folder: string, shards: number): number {
  const seen = new Set<string>();
  for (let shard = 0; shard < shards; shard++)
    for (const line of readShard(folder, shard)) seen.add(fingerprint(line.question));
  return seen.size;
}

function addCounts(all: readonly ShardCounts[]): ShardCounts {
  const sum = (key: 'schemas' | 'pairs' | 'executed' | 'failed' | 'empty' | 'emptyDropped' | 'forbidden') =>
    all.reduce((total, counts) => total + counts[key], 0);
  const merge = (key: 'byHardness' | 'byOrigin' | 'byShape') => {
    const merged: Record<string, number> = {};
    for (const counts of all)
      for (const [name, count] of Object.entries(counts[key])) increase(merged, name, count);
    return Object.fromEntries(Object.entries(merged).toSorted(([, a], [, b]) => b - a));
  };
  return {
    ...{ schemas: sum('schemas'), pairs: sum('pairs'), executed: sum('executed'), failed: sum('failed') },
    ...{ empty: sum('empty'), emptyDropped: sum('emptyDropped'), forbidden: sum('forbidden') },
    ...{ byHardness: merge('byHardness'), byOrigin: merge('byOrigin'), byShape: merge('byShape') },
    domains: [...new Set(all.flatMap((counts) => counts.domains))],
    failures: all.flatMap((counts) => counts.failures).slice(0, 20),
  };
}

/**
 * Proven pairs in shards of about 4,000 in `folder` until there are `count`, with report.json. A run that was cut short
 * goes on behind its last whole shard; the same seed and sources give the same files.
 * @throws AppError CONFLICT where the folder holds pairs of another seed; an AbortError when `signal` says so
 */
export async function writeSynthetic(options: WriteOptions): Promise<SyntheticReport> {
  openFolder(options);
  const all: ShardCounts[] = [];
  const start = performance.now();
  let total = 0;
  let made = 0;
  const rate = () => Math.round(made / Math.max(0.001, (performance.now() - start) / 1_000));
  while (total < options.count) {
    const known = readCounts(options.folder, all.length);
    const counts = known ?? (await makeShard(options, all.length));
    if (counts.pairs === 0) throw new RangeError('A shard without pairs: the sources give none.');
    all.push(counts);
    total += counts.pairs;
    if (known) continue;
    made += counts.pairs;
    options.report?.(total, rate());
  }
  const { domains, ...sums } = addCounts(all);
  const pairsPerSecond = rate();
  const report: SyntheticReport = {
    ...{ seed: options.seed, formatVersion, shards: all.length },
    ...sums,
    domains: domains.length,
    distinctQuestions: countDistinct(options.folder, all.length),
    emptyShare: Number((sums.empty / sums.pairs).toFixed(4)),
    pairsPerSecond,
  };
  writeWhole(path.join(options.folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}
