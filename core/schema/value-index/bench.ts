/**
 * What an index of values costs:
 *
 *     node core/schema/value-index/bench.ts [--json] [--values N]
 *
 * Makes N distinct values (20,000 by default) of words drawn from the lexicon by a fixed seed, in ten columns, and
 * measures making the index, its memory, its file, and searching it with questions that hold a misspelt value.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { splitQuestion } from '../question-words.ts';
import { isCommonWord } from '../related-words.ts';
import { buildValueIndex, buildValueIndexInSlices } from './build-value-index.ts';
import { searchValues } from './search-values.ts';
import { createValueFiles } from './stored-values.ts';

const columnCount = 10;
const questionCount = 200;

/** Numerical Recipes' linear congruential generator: the same values at every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) % below;
}

function makeColumns(count: number) {
  const file = new URL('../../../data/lexicon/words.txt', import.meta.url);
  const words = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((word) => word.length > 3);
  const random = createRandom(7);
  const pick = () => words[random(words.length)] ?? '';
  const values = new Set<string>();
  while (values.size < count) {
    const length = 1 + random(3);
    values.add(
      Array.from({ length }, pick)
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join(' '),
    );
  }
  const all = [...values];
  return Array.from({ length: columnCount }, (_, at) => ({
    namespace: 'public',
    table: `table_${at}`,
    column: 'title',
    values: all.filter((_, index) => index % columnCount === at),
  }));
}

/** A value with two neighbouring letters swapped, in a sentence. */
function askFor(value: string): string {
  const middle = Math.max(1, value.length >> 1);
  const swapped =
    value.slice(0, middle - 1) + (value[middle] ?? '') + (value[middle - 1] ?? '') + value.slice(middle + 1);
  return `How many orders between 2010 and 2012 were placed for ${swapped} in each region?`;
}

async function run(count: number) {
  const columns = makeColumns(count);
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const started = performance.now();
  const index = buildValueIndex(columns);
  const buildMs = performance.now() - started;
  const heapBytes = process.memoryUsage().heapUsed - heapBefore;
  let longestBlockMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longestBlockMs = Math.max(longestBlockMs, performance.now() - last);
    last = performance.now();
  }, 1);
  await buildValueIndexInSlices(columns);
  clearInterval(timer);
  const all = columns.flatMap(({ values }) => values);
  const asked = Array.from({ length: questionCount }, (_, at) => all[(at * 97) % all.length] ?? '');
  isCommonWord('warm');
  for (const value of asked.slice(0, 20)) searchValues(index, splitQuestion(askFor(value)));
  let found = 0;
  const times = asked.map((value) => {
    const words = splitQuestion(askFor(value));
    const before = performance.now();
    const matches = searchValues(index, words, { isWord: isCommonWord });
    const ms = performance.now() - before;
    if (matches.some((match) => match.value === value)) found++;
    return ms;
  });
  const sorted = times.toSorted((a, b) => a - b);
  const folder = await mkdtemp(join(tmpdir(), 'values-bench-'));
  const kept = columns.map((column) => ({ ...column, isComplete: true }));
  const values = { version: 1 as const, readAt: new Date().toISOString(), columns: kept, tables: {} };
  const fileBytes = await createValueFiles(folder).write('bench', values);
  await rm(folder, { recursive: true, force: true });
  return {
    values: count,
    bytes: all.reduce((sum, value) => sum + Buffer.byteLength(value), 0),
    buildMs,
    longestBlockMs,
    heapBytes,
    fileBytes,
    searchMedianMs: sorted[sorted.length >> 1] ?? 0,
    searchSlowestMs: sorted.at(-1) ?? 0,
    misspeltFound: found / questionCount,
  };
}

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, values: { type: 'string', default: '20000' } },
});
const report = await run(Number(values.values));
const text = [
  `${report.values} values, ${(report.bytes / 1024).toFixed(0)} kB; file ${(report.fileBytes / 1024).toFixed(0)} kB`,
  `index: ${report.buildMs.toFixed(0)} ms, about ${(report.heapBytes / 1024 / 1024).toFixed(0)} MB; in slices it blocks ${report.longestBlockMs.toFixed(0)} ms at most`,
  `search: ${report.searchMedianMs.toFixed(2)} ms (median), ${report.searchSlowestMs.toFixed(2)} ms at most; ${(100 * report.misspeltFound).toFixed(0)} % of misspelt values found`,
];
process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : text.join('\n')}\n`);
