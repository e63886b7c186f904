import {
  datasetFiltersSchema,
  datasetSortSchema,
  type DatasetFilterName,
  type DatasetFilters,
  type DatasetSearch,
} from '../../../../core/contract/index.ts';

/** What narrows and orders the list of examples. */
export interface ExampleSearch {
  text: string;
  filters: DatasetFilters;
  sort: DatasetSearch['sort'];
}

/** In the order in which they are offered. */
export const filterNames: readonly DatasetFilterName[] = [
  'split',
  'hardness',
  'outcome',
  'features',
  'dbId',
  'reasonClass',
  'equality',
  'tables',
  'marks',
  'informative',
  'source',
];

export const noSearch: ExampleSearch = {
  text: '',
  filters: {},
  sort: { by: 'position', descending: false },
};

/** `text=…&hardness=easy,hard&sort=-sqlLength`; what is as it always is stays away. */
export function printSearch({ text, filters, sort }: ExampleSearch): string {
  const parts = new URLSearchParams();
  if (text !== '') parts.set('text', text);
  for (const name of filterNames) {
    const values = filters[name] ?? [];
    if (values.length > 0) parts.set(name, values.join(','));
  }
  if (sort.by !== 'position' || sort.descending) parts.set('sort', `${sort.descending ? '-' : ''}${sort.by}`);
  return parts.toString();
}

/** Reads an address that anybody may have typed: what it does not know it leaves out. */
export function parseSearch(address: string): ExampleSearch {
  const parts = new URLSearchParams(address);
  const sort = parts.get('sort') ?? '';
  const parsedSort = datasetSortSchema.safeParse({
    by: sort.replace(/^-/, ''),
    descending: sort.startsWith('-'),
  });
  return {
    text: (parts.get('text') ?? '').slice(0, 1_000),
    filters: Object.fromEntries(
      filterNames.map((name) => [name, parseValues(name, parts.get(name))]).filter(([, values]) => values),
    ) as DatasetFilters,
    sort: parsedSort.data ?? noSearch.sort,
  };
}

function parseValues(name: DatasetFilterName, text: string | null): string[] | undefined {
  const known = (text ?? '')
    .split(',')
    .filter((value) => value !== '' && datasetFiltersSchema.shape[name].safeParse([value]).success);
  return known.length === 0 ? undefined : known;
}

/** The same search with a value of a filter added or taken away. */
export function toggleFilter(search: ExampleSearch, name: DatasetFilterName, value: string): ExampleSearch {
  const before: readonly string[] = search.filters[name] ?? [];
  const after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  return { ...search, filters: { ...search.filters, [name]: after.length === 0 ? undefined : after } };
}

export function countFilters({ filters }: ExampleSearch): number {
  return filterNames.reduce((total, name) => total + (filters[name]?.length ?? 0), 0);
}

/** A value as it is shown; a database by its own name. */
export function labelOf(name: string, value: string, labels: Record<string, Record<string, string>>): string {
  return labels[name]?.[value] ?? value;
}
