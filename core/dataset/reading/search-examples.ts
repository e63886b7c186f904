import { hardnessSchema, type DatasetSearch, type DatasetSearchResult } from '../../contract/index.ts';
import type { DatasetIndex } from './build-index.ts';
import { filterExamples } from './facets.ts';
import { toExampleRow, type IndexedExample } from './indexed-example.ts';
import { createTextFilter } from './search-text.ts';

/** Filters, counts, and cuts one page out of the order. A walk over all examples: milliseconds for all of Spider. */
export function searchExamples(index: DatasetIndex, search: DatasetSearch): DatasetSearchResult {
  const startedAt = performance.now();
  const { examples, facets } = index;
  const matches = createTextFilter(search.text ?? '');
  const candidates = Uint8Array.from(examples, ({ text }) => (matches(text) ? 1 : 0));
  const filtered = filterExamples(facets, search.filters, candidates);
  const found = orderOf(index, search.sort).filter(({ position }) => filtered.hits[position] === 1);
  return {
    total: found.length,
    items: found.slice(search.offset, search.offset + search.limit).map(toExampleRow),
    facets: filtered.facets,
    ...(search.around !== undefined && { around: findAround(found, search.around) }),
    tookMs: performance.now() - startedAt,
  };
}

function findAround(found: readonly IndexedExample[], id: string): DatasetSearchResult['around'] {
  const position = found.findIndex(({ pair }) => pair.id === id);
  if (position === -1) return undefined;
  return { position, previous: found[position - 1]?.pair.id, next: found[position + 1]?.pair.id };
}

type Sort = DatasetSearch['sort'];

const keys: Record<Sort['by'], (example: IndexedExample) => string | number | undefined> = {
  position: ({ position }) => position,
  dbId: ({ pair }) => pair.dbId,
  question: ({ question }) => question,
  hardness: ({ hardness }) => (hardness === undefined ? undefined : hardnessSchema.options.indexOf(hardness)),
  outcome: ({ pair }) => pair.outcome,
  sqlLength: ({ sql }) => sql.length,
  tables: ({ tables }) => tables,
  promptTokens: ({ stored }) => stored?.promptTokens,
};

/** All examples in an order, sorted once for each index. Equal ones stay in Spider's order, in either direction. */
function orderOf(index: DatasetIndex, { by, descending }: Sort): readonly IndexedExample[] {
  const name = `${by} ${descending}`;
  const known = index.orders.get(name);
  if (known !== undefined) return known;
  const key = keys[by];
  const sign = descending ? -1 : 1;
  const order = index.examples.toSorted((left, right) => {
    const [a, b] = [key(left), key(right)];
    if (a === b) return left.position - right.position;
    // What has no such value comes last, in either direction.
    if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
    return (a < b ? -1 : 1) * sign;
  });
  index.orders.set(name, order);
  return order;
}
