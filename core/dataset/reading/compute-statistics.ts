import type { DatasetStatistics, Distribution } from '../../contract/index.ts';
import type { DatasetIndex } from './build-index.ts';
import { countBy } from './count-by.ts';
import type { IndexedExample } from './indexed-example.ts';
import { createTimeSlices } from './time-slices.ts';

const known = new WeakMap<DatasetIndex, Promise<DatasetStatistics>>();

/**
 * Counts and distributions for charts, over all examples with their overrides applied. Computed once for each index,
 * in slices.
 */
export function readStatistics(index: DatasetIndex): Promise<DatasetStatistics> {
  const statistics = known.get(index) ?? computeStatistics(index);
  known.set(index, statistics);
  return statistics;
}

async function computeStatistics({ examples }: DatasetIndex): Promise<DatasetStatistics> {
  const rest = createTimeSlices();
  const inTurn = async <T>(work: () => T): Promise<T> => {
    await rest();
    return work();
  };
  const describe = (read: (example: IndexedExample) => number | undefined): Promise<Distribution> =>
    inTurn(() => describeNumbers(examples.map(read).filter((value) => value !== undefined)));
  const listOne = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
  return {
    hardnessBySplit: await inTurn(() =>
      countWithin(
        examples,
        ({ split }) => split,
        ({ hardness }) => listOne(hardness),
      ),
    ),
    outcomeBySource: await inTurn(() =>
      countWithin(
        examples,
        ({ pair }) => pair.split,
        ({ pair }) => [pair.outcome],
      ),
    ),
    reasons: await inTurn(() => countBy(examples, ({ pair }) => listOne(pair.reasonClass))),
    features: await inTurn(() => countBy(examples, ({ features }) => features)),
    tablesPerQuery: await inTurn(() => countBy(examples, ({ tables }) => [String(tables)])),
    questionLength: await describe(({ question }) => question.length),
    sqlLength: await describe(({ sql }) => sql.length),
    promptTokens: await describe(({ stored }) => stored?.promptTokens),
    completionTokens: await describe(({ stored }) => stored?.completionTokens),
  };
}

function countWithin(
  examples: readonly IndexedExample[],
  groupOf: (example: IndexedExample) => string,
  valuesOf: (example: IndexedExample) => readonly string[],
): Record<string, Record<string, number>> {
  const groups = [...Map.groupBy(examples, groupOf)];
  return Object.fromEntries(groups.map(([group, own]) => [group, countBy(own, valuesOf)]));
}

const mostBars = 24;

/** Percentiles by nearest rank, and at most 24 bars of equal, round widths. */
export function describeNumbers(values: readonly number[]): Distribution {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const width = roundWidth((sorted.at(-1) ?? 0) / mostBars);
  const bars: Distribution['bars'] = [];
  for (const value of sorted) {
    const slot = Math.floor(value / width);
    while (bars.length <= slot) bars.push({ from: bars.length * width, count: 0 });
    const bar = bars[slot];
    if (bar !== undefined) bar.count += 1;
  }
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0, bars };
}

/** The next of 1, 2, 5, 10, 20, 50, … that is larger. */
function roundWidth(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((step) => step * power).find((width) => width > least) ?? 10 * power;
}
