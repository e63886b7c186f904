import type { Hardness, Table } from '../../../contract/index.ts';
import { hardnessOf } from '../../../sql/index.ts';
import { expandParsedSketch, writeSketch, type Sketch } from '../../../sql/sketch/index.ts';
import { coresOf } from '../map-sketch.ts';
import { createRandom } from '../random.ts';
import { createValuePools } from '../value-pools.ts';
import { collectCompared, fillTables } from './fill-tables.ts';
import { makeBatch, type PairBatch, type PairOrigin, type PairSources } from './make-batch.ts';

/** A proven pair, one line of a shard. */
export interface ProvenLine {
  /** Of the schema among the shard's schemas. */
  schema: string;
  question: string;
  sql: string;
  sketch: string;
  /** Rows that the statement returned on the generated tables. */
  rows: number;
  hardness: Hardness;
  origin: PairOrigin;
}

export interface SchemaLine {
  schema: string;
  domain: string;
  tables: Table[];
}

export interface ShardCounts {
  schemas: number;
  pairs: number;
  executed: number;
  failed: number;
  /** Kept with no rows, and dropped to hold their share down. */
  empty: number;
  emptyDropped: number;
  /** Left out because an evaluation asks them. */
  forbidden: number;
  byHardness: Record<string, number>;
  byOrigin: Record<string, number>;
  byShape: Record<string, number>;
  domains: string[];
  /** Up to a few messages of failed statements. */
  failures: string[];
}

export interface Shard {
  pairs: ProvenLine[];
  schemas: SchemaLine[];
  counts: ShardCounts;
}

/** Runs setup and statements on tables of their own: rows or a message for each statement. */
export type RunBatch = (
  setup: string,
  statements: readonly string[],
) => Promise<readonly ({ rows: number } | { error: string })[]>;

export interface ProofOptions {
  seed: number;
  sources: PairSources;
  run: RunBatch;
  isForbidden: (question: string) => boolean;
  signal?: AbortSignal;
  /** 50 by default: about 4,000 pairs in a shard. */
  schemasPerShard?: number;
}

const defaultSchemasPerShard = 50;
/** Of a shard's pairs, how many may return nothing. */
const maxEmptyShare = 0.1;
const maxFailures = 5;

/** What a sketch is made of, in a few words. */
export function shapeOf({ core, set }: Sketch): string {
  const cores = coresOf({ core, ...(set ? { set } : {}) });
  const has = (test: (core: Sketch['core']) => boolean) => cores.some(test);
  const parts = [
    core.from.length > 1 ? `join ${core.from.length}` : '',
    has(({ where }) => where.length > 0) ? 'where' : '',
    has(({ where }) => where.some((item) => item.connector === 'or')) ? 'or' : '',
    has(({ where, having }) => [...where, ...having].some((item) => item.subquery)) ? 'nested' : '',
    has(({ group }) => group.length > 0) ? 'group' : '',
    has(({ having }) => having.length > 0) ? 'having' : '',
    has(({ order }) => order.length > 0) ? 'order' : '',
    has(({ limit }) => limit !== undefined) ? 'limit' : '',
    has(({ distinct }) => distinct) ? 'distinct' : '',
    core.items.some((item) => item.kind === 'aggregate') ? 'aggregate' : '',
    set?.operator ?? '',
  ].filter(Boolean);
  return parts.join(' + ') || 'select';
}

function emptyCounts(): ShardCounts {
  return {
    ...{ schemas: 0, pairs: 0, executed: 0, failed: 0, empty: 0, emptyDropped: 0, forbidden: 0 },
    ...{ byHardness: {}, byOrigin: {}, byShape: {}, domains: [], failures: [] },
  };
}

export function increase(counts: Record<string, number>, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by;
}

/** Fills the schema's tables and runs every pair's statement on them; what fails is counted and left out. */
async function proveBatch(
  options: ProofOptions,
  batch: PairBatch,
  schema: string,
  seed: number,
  counts: ShardCounts,
) {
  const allowed = batch.pairs.filter((pair) => !options.isForbidden(pair.question));
  counts.forbidden += batch.pairs.length - allowed.length;
  const statements = allowed.map((pair) => expandParsedSketch(pair.sketch, batch.view));
  const compared = collectCompared(allowed.map((pair) => pair.sketch));
  const setup = fillTables(createRandom(seed), batch.view, batch.samples, compared);
  const outcomes = await options.run(setup, statements);
  const lines: (ProvenLine & { shape: string })[] = [];
  for (const [index, pair] of allowed.entries()) {
    const outcome = outcomes[index];
    const sql = statements[index] ?? '';
    if (!outcome || 'error' in outcome) {
      counts.failed++;
      if (counts.failures.length < maxFailures)
        counts.failures.push(`${outcome?.error ?? 'no outcome'}: ${sql}`);
      continue;
    }
    counts.executed++;
    const { question, origin, sketch } = pair;
    const rest = { hardness: await hardnessOf(sql), origin, shape: shapeOf(sketch) };
    lines.push({ schema, question, sql, sketch: writeSketch(sketch).join(' '), rows: outcome.rows, ...rest });
  }
  return lines;
}

/** Statements without rows prove less, so only the first of them are kept. */
function boundEmpty<T extends ProvenLine>(lines: readonly T[], counts: ShardCounts): T[] {
  const filled = lines.filter((line) => line.rows > 0).length;
  const allowed = Math.floor((filled * maxEmptyShare) / (1 - maxEmptyShare));
  const all = lines.length - filled;
  counts.empty = Math.min(all, allowed);
  counts.emptyDropped = all - counts.empty;
  let left = allowed;
  return lines.filter((line) => line.rows > 0 || left-- > 0);
}

/** The shard of that number: the same seed, number and sources give the same lines. */
export async function proveShard(options: ProofOptions, shard: number): Promise<Shard> {
  const seed = (Math.imul(options.seed, 0x9e3779b1) ^ Math.imul(shard + 1, 0x85ebca6b)) >>> 0;
  const random = createRandom(seed);
  const pools = createValuePools(seed);
  const counts = emptyCounts();
  const proven: (ProvenLine & { shape: string })[] = [];
  const schemas: SchemaLine[] = [];
  for (let index = 0; index < (options.schemasPerShard ?? defaultSchemasPerShard); index++) {
    options.signal?.throwIfAborted();
    const batch = makeBatch(random, options.sources, pools);
    if (!batch || batch.pairs.length === 0) continue;
    const schema = `${shard}-${index}`;
    proven.push(...(await proveBatch(options, batch, schema, seed + index, counts)));
    schemas.push({ schema, domain: batch.domain, tables: batch.view.tables.map((table) => table.table) });
  }
  const pairs = boundEmpty(proven, counts).map(({ shape, ...line }): ProvenLine => {
    increase(counts.byHardness, line.hardness);
    increase(counts.byOrigin, line.origin);
    increase(counts.byShape, shape);
    return line;
  });
  const domains = [...new Set(schemas.map((line) => line.domain))];
  return { pairs, schemas, counts: { ...counts, schemas: schemas.length, pairs: pairs.length, domains } };
}
