import { hardnessSchema, type DatasetSearch, type DatasetSearchResult } from '../../contract/index.ts';
import type { DatasetIndex } from './build-index.ts';
import { filterExamples } from './facets.ts';
import { toExampleRow, type IndexedExample } from './indexed-example.ts';
import { createTextFilter } from './search-text.ts';

/** Filters, counts, sorts and cuts out one page. A walk over all examples: a few milliseconds for all of Spider. */
export function searchExamples(index: DatasetIndex, search: DatasetSearch): DatasetSearchResult {
  const startedAt = performance.now();
  const { examples, facets } = index;
  const matches = createTextFilter(search.text ?? '');
  const isCandidate = (position: number): boolean => matches(examples[position]?.text ?? '');
  const filtered = filterExamples(facets, search.filters, examples.length, isCandidate);
  const found = filtered.hits
    .map((position) => examples[position])
    .filter((example) => example !== undefined);
  sortExamples(found, search.sort);
  return {
    total: found.length,
    items: found.slice(search.offset, search.offset + search.limit).map(toExampleRow),
    facets: filtered.facets,
    tookMs: performance.now() - startedAt,
  };
}

type SortKey = DatasetSearch['sort']['by'];

const keys: Record<SortKey, (example: IndexedExample) => string | number> = {
  position: ({ position }) => position,
  dbId: ({ pair }) => pair.dbId,
  question: ({ question }) => question,
  hardness: ({ hardness }) =>
    hardness === undefined ? hardnessSchema.options.length : hardnessSchema.options.indexOf(hardness),
  outcome: ({ pair }) => pair.outcome,
  sqlLength: ({ sql }) => sql.length,
  tables: ({ tables }) => tables,
  promptTokens: ({ stored }) => stored?.promptTokens ?? 0,
};

/** In place; equal ones stay in Spider's order, in either direction. */
function sortExamples(examples: IndexedExample[], { by, descending }: DatasetSearch['sort']): void {
  const key = keys[by];
  const sign = descending ? -1 : 1;
  examples.sort((left, right) => {
    const [a, b] = [key(left), key(right)];
    return a === b ? left.position - right.position : (a < b ? -1 : 1) * sign;
  });
}
