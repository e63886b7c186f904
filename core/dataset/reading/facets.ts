import {
  datasetFiltersSchema,
  type DatasetFilterName,
  type DatasetFilters,
  type DatasetSearchResult,
} from '../../contract/index.ts';
import type { IndexedExample } from './indexed-example.ts';
import { createTimeSlices } from './time-slices.ts';

export const filterNames = datasetFiltersSchema.keyof().options;

/** An example's values for one filter. */
const readers: Record<DatasetFilterName, (example: IndexedExample) => readonly string[]> = {
  source: ({ pair }) => [pair.split],
  split: ({ split }) => [split],
  dbId: ({ pair }) => [pair.dbId],
  hardness: ({ hardness }) => (hardness === undefined ? [] : [hardness]),
  outcome: ({ pair }) => [pair.outcome],
  reasonClass: ({ pair }) => (pair.reasonClass === undefined ? [] : [pair.reasonClass]),
  equality: ({ pair }) => [pair.equality ?? 'none'],
  informative: ({ pair: { informative } }) => [
    informative.shipped ? 'shipped' : informative.generated ? 'generated' : 'none',
  ],
  features: ({ features }) => features,
  tables: ({ tables }) => [tables >= 4 ? '4+' : String(tables)],
  marks: ({ marks }) => marks,
};

/** All values of one filter, and each example's as positions in that list. */
export interface Facet {
  name: DatasetFilterName;
  values: string[];
  codes: number[][];
}

/** Values in the contract's order; those of open lists (dbId) by code units. Gives the event loop its turns. */
export async function buildFacets(
  examples: readonly IndexedExample[],
  signal?: AbortSignal,
): Promise<Facet[]> {
  const rest = createTimeSlices(signal);
  const facets: Facet[] = [];
  for (const name of filterNames) {
    facets.push(buildFacet(name, examples));
    await rest();
  }
  return facets;
}

function buildFacet(name: DatasetFilterName, examples: readonly IndexedExample[]): Facet {
  const read = readers[name];
  const present = new Set(examples.flatMap(read));
  const closed = closedValuesOf(name);
  const values = closed === undefined ? [...present].sort() : closed.filter((value) => present.has(value));
  const codeOf = new Map(values.map((value, code) => [value, code]));
  const codes = examples.map((example) => read(example).map((value) => codeOf.get(value) ?? -1));
  return { name, values, codes };
}

function closedValuesOf(name: DatasetFilterName): readonly string[] | undefined {
  const element = datasetFiltersSchema.shape[name].unwrap().element;
  return 'options' in element ? element.options : undefined;
}

export interface Filtered {
  /** Positions of the examples that pass, ascending. */
  hits: number[];
  facets: DatasetSearchResult['facets'];
}

/**
 * Filters and counts in one walk. An example that fails one filter only is counted under that filter: its count says
 * what choosing the value besides would add. `features` narrow instead: theirs say what would remain.
 */
export function filterExamples(
  facets: readonly Facet[],
  filters: DatasetFilters,
  count: number,
  isCandidate: (position: number) => boolean,
): Filtered {
  const tests = facets.map((facet) => createTest(facet, filters[facet.name] ?? []));
  const counts = facets.map((facet) => new Uint32Array(facet.values.length));
  const hits: number[] = [];
  for (let position = 0; position < count; position += 1) {
    const failed = isCandidate(position) ? findFailures(tests, position) : severalFailures;
    if (failed === severalFailures) continue;
    if (failed === undefined) hits.push(position);
    for (const [index, facet] of facets.entries()) {
      if (failed !== undefined && failed !== index) continue;
      for (const code of facet.codes[position] ?? []) increment(counts[index], code);
    }
  }
  return { hits, facets: nameCounts(facets, counts) };
}

const severalFailures = -1;

/** Undefined where all tests pass, the test that fails where it is the only one, else `severalFailures`. */
function findFailures(tests: readonly Test[], position: number): number | undefined {
  let failed: number | undefined;
  for (const [index, test] of tests.entries()) {
    if (test.passes(position)) continue;
    if (failed !== undefined || test.narrows) return severalFailures;
    failed = index;
  }
  return failed;
}

interface Test {
  passes(position: number): boolean;
  /** Whether choosing a further value leaves fewer examples. */
  narrows: boolean;
}

function createTest({ name, values, codes }: Facet, wanted: readonly string[]): Test {
  const narrows = name === 'features';
  if (wanted.length === 0) return { passes: () => true, narrows };
  const codesWanted = wanted.map((value) => values.indexOf(value));
  const own = (position: number): number[] => codes[position] ?? [];
  const passes = narrows
    ? (position: number) => codesWanted.every((code) => own(position).includes(code))
    : (position: number) => own(position).some((code) => codesWanted.includes(code));
  return { passes, narrows };
}

function increment(counts: Uint32Array | undefined, code: number): void {
  if (counts !== undefined) counts[code] = (counts[code] ?? 0) + 1;
}

function nameCounts(facets: readonly Facet[], counts: readonly Uint32Array[]): DatasetSearchResult['facets'] {
  const named = facets.map(({ name, values }, index) => [
    name,
    values.map((value, code) => ({ value, count: counts[index]?.[code] ?? 0 })),
  ]);
  return Object.fromEntries(named) as DatasetSearchResult['facets'];
}
