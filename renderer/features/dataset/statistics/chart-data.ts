import type { DatasetFilterName, DatasetStatistics, Distribution } from '../../../../core/contract/index.ts';

/** A value with its count; a filter's value where a list of examples belongs to it. */
export interface CountedValue {
  value: string;
  count: number;
}

/** Counts by a value, and maybe by a group besides: what a bar chart and its table show. */
export interface CountChart {
  /** What the values are of. */
  filter: DatasetFilterName;
  /** What the groups are of; absent where there is one group of all examples. */
  groupFilter?: DatasetFilterName;
  values: string[];
  groups: { group: string; counts: number[] }[];
}

/** Groups and values in the order given; what does not occur is left out. */
export function toGroupedChart(
  counts: Record<string, Record<string, number>>,
  {
    filter,
    groupFilter,
    valueOrder,
    groupOrder,
  }: {
    filter: DatasetFilterName;
    groupFilter: DatasetFilterName;
    valueOrder: readonly string[];
    groupOrder: readonly string[];
  },
): CountChart {
  const values = valueOrder.filter((value) => Object.values(counts).some((own) => (own[value] ?? 0) > 0));
  const groups = groupOrder
    .filter((group) => counts[group] !== undefined)
    .map((group) => ({ group, counts: values.map((value) => counts[group]?.[value] ?? 0) }));
  return { filter, groupFilter, values, groups };
}

/** The most frequent first. */
export function toCountChart(counts: Record<string, number>, filter: DatasetFilterName): CountChart {
  const sorted = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return {
    filter,
    values: sorted.map(([value]) => value),
    groups: [{ group: '', counts: sorted.map(([, count]) => count) }],
  };
}

/** By number, the rare large ones under `4+`, as the filter has them. */
export function toTablesChart({ tablesPerQuery }: Pick<DatasetStatistics, 'tablesPerQuery'>): CountChart {
  const counts: Record<string, number> = {};
  for (const [tables, count] of Object.entries(tablesPerQuery)) {
    const value = Number(tables) >= 4 ? '4+' : tables;
    counts[value] = (counts[value] ?? 0) + count;
  }
  const values = Object.keys(counts).sort();
  return {
    filter: 'tables',
    values,
    groups: [{ group: '', counts: values.map((value) => counts[value] ?? 0) }],
  };
}

/** The width of a histogram's bars. */
export function barWidthOf({ bars, max }: Distribution): number {
  const [first, second] = bars;
  return first && second ? second.from - first.from : Math.max(1, max);
}
