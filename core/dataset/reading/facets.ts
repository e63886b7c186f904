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
  /** The values of all examples one after the other. */
  codes: Uint16Array;
  /** Where in `codes` each example's begin; one more entry says where the last one's end. */
  starts: Uint32Array;
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
  const lists = examples.map((example) => read(example).map((value) => codeOf.get(value) ?? 0));
  const starts = new Uint32Array(examples.length + 1);
  for (const [position, list] of lists.entries()) {
    starts[position + 1] = (starts[position] ?? 0) + list.length;
  }
  return { name, values, codes: Uint16Array.from(lists.flat()), starts };
}

function closedValuesOf(name: DatasetFilterName): readonly string[] | undefined {
  const element = datasetFiltersSchema.shape[name].unwrap().element;
  return 'options' in element ? element.options : undefined;
}

export interface Filtered {
  /** For each example whether it passes, as 1 or 0. */
  hits: Uint8Array;
  facets: DatasetSearchResult['facets'];
}

/** Why an example is out: no filter, several of them or the text, else the position of the only one, from 2. */
const none = 0;
const several = 1;
const firstFacet = 2;

/**
 * Filters and counts. An example that fails one filter only is counted under that filter: its count says what choosing
 * the value besides would add. `features` narrow instead: theirs say what would remain.
 */
export function filterExamples(
  facets: readonly Facet[],
  filters: DatasetFilters,
  candidates: Uint8Array,
): Filtered {
  const failures = candidates.map((isCandidate) => (isCandidate === 1 ? none : several));
  for (const [index, facet] of facets.entries()) {
    const wanted = filters[facet.name] ?? [];
    if (wanted.length > 0) markFailures(failures, facet, wanted, index + firstFacet);
  }
  const counted = facets.map((facet, index) => [
    facet.name,
    countValues(failures, facet, index + firstFacet),
  ]);
  return {
    hits: failures.map((failure) => (failure === none ? 1 : 0)),
    facets: Object.fromEntries(counted) as DatasetSearchResult['facets'],
  };
}

function markFailures(failures: Uint8Array, facet: Facet, wanted: readonly string[], mark: number): void {
  const { name, values, codes, starts } = facet;
  const narrows = name === 'features';
  const isWanted = Uint8Array.from(values, (value) => (wanted.includes(value) ? 1 : 0));
  const needed = narrows ? new Set(wanted).size : 1;
  for (let position = 0; position < failures.length; position += 1) {
    let found = 0;
    const end = starts[position + 1] ?? 0;
    for (let at = starts[position] ?? 0; at < end; at += 1) found += isWanted[codes[at] ?? 0] ?? 0;
    if (found < needed) failures[position] = failures[position] === none && !narrows ? mark : several;
  }
}

function countValues(failures: Uint8Array, { values, codes, starts }: Facet, mark: number) {
  const counts = new Uint32Array(values.length);
  for (let position = 0; position < failures.length; position += 1) {
    const failure = failures[position];
    if (failure !== none && failure !== mark) continue;
    const end = starts[position + 1] ?? 0;
    for (let at = starts[position] ?? 0; at < end; at += 1) {
      const code = codes[at] ?? 0;
      counts[code] = (counts[code] ?? 0) + 1;
    }
  }
  return values.map((value, code) => ({ value, count: counts[code] ?? 0 }));
}
