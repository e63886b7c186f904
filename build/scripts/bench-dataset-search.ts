/**
 * How long searching the dataset takes: `node build/scripts/bench-dataset-search.ts [DATA_FOLDER]`.
 * Medians of 10 after one run that warms up; the ratio is to the least that any search must do, one pass of
 * `String.includes` over the same texts. `round trip` adds the contract's checks and frames.
 */
import { performance } from 'node:perf_hooks';
import { join, resolve } from 'node:path';
import { serveTransport } from '../../core/app/index.ts';
import {
  createClient,
  createMemoryTransportPair,
  datasetContract,
  datasetSearchSchema,
} from '../../core/contract/index.ts';
import { createDatasetHandlers } from '../../core/dataset/handlers.ts';
import { buildIndex } from '../../core/dataset/reading/build-index.ts';
import { locateDataset } from '../../core/dataset/reading/dataset-folder.ts';
import { searchExamples } from '../../core/dataset/reading/search-examples.ts';
import { root } from './run-command.ts';

const runs = 10;

const searches = [
  { name: 'everything, with its facets', input: {} },
  { name: 'one word', input: { text: 'singer' } },
  { name: 'one letter', input: { text: 's' } },
  { name: 'three words', input: { text: 'how many countries' } },
  { name: 'a phrase', input: { text: '"for each"' } },
  { name: 'an alias and a column', input: { text: 'T1.name' } },
  { name: 'a call', input: { text: 'count(*)' } },
  { name: 'a word that is nowhere', input: { text: 'zzyzx' } },
  {
    name: 'three filters',
    input: { filters: { hardness: ['hard', 'extra'], features: ['join', 'nested'] } },
  },
  {
    name: 'word, filter, sorted',
    input: { text: 'name', filters: { split: ['train'] }, sort: { by: 'sqlLength' } },
  },
];

const dataDir = resolve(process.argv[2] ?? join(root, 'data'));
const folder = locateDataset(dataDir);
const startedAt = performance.now();
const longestWaitMs = watchEventLoop();
const index = await buildIndex(folder);
const readMs = performance.now() - startedAt;
console.log(
  `${index.examples.length} examples read and parsed in ${readMs.toFixed(0)} ms; ` +
    `the longest that the event loop was held: ${longestWaitMs().toFixed(0)} ms`,
);

const client = connect();
console.log(`${'search'.padEnd(30)}  found  median ms  max ms  ratio  round trip ms`);
for (const { name, input } of searches) {
  const search = datasetSearchSchema.parse(input);
  const { total } = searchExamples(index, search);
  const times = await measure(() => searchExamples(index, search));
  const scan = await measure(() => scanPlainly(search.text ?? ''));
  const trip = await measure(() => client['dataset.search'](search));
  const ratio = median(times) / median(scan);
  console.log(
    `${name.padEnd(30)} ${String(total).padStart(6)} ${median(times).toFixed(1).padStart(10)} ` +
      `${Math.max(...times)
        .toFixed(1)
        .padStart(7)} ${ratio.toFixed(1).padStart(6)} ${median(trip).toFixed(1).padStart(14)}`,
  );
}

function connect() {
  const [near, far] = createMemoryTransportPair();
  serveTransport(datasetContract, createDatasetHandlers({ datasetDir: dataDir }), far);
  return createClient(datasetContract, near);
}

function scanPlainly(text: string): number {
  const term = text.toLowerCase();
  return index.examples.filter((example) => example.text.includes(term)).length;
}

async function measure(work: () => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const from = performance.now();
    await work();
    times.push(performance.now() - from);
  }
  return times.slice(1);
}

function median(times: number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return ((sorted[(runs - 1) >> 1] ?? 0) + (sorted[runs >> 1] ?? 0)) / 2;
}

/** A timer that should ring every millisecond: what it comes late, the event loop was held. */
function watchEventLoop(): () => number {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return longest;
  };
}
