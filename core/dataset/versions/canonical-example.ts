import type { DatasetExample } from '../../contract/index.ts';

const splitOrder = { train: 0, val: 1, test: 2 };

/** An example as one line whose keys are sorted: the same content is the same line, whoever wrote it. */
export function toCanonicalLine(example: DatasetExample): string {
  return JSON.stringify(sortKeys(example));
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sortKeys);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sortKeys(child)]));
}

/** By split, then by id: `dev:9` before `dev:10`. */
export function compareExamples(
  a: Pick<DatasetExample, 'split' | 'id'>,
  b: Pick<DatasetExample, 'split' | 'id'>,
): number {
  return splitOrder[a.split] - splitOrder[b.split] || compareIds(a.id, b.id);
}

/** By Spider's split in code units, then by position. */
export function compareIds(a: string, b: string): number {
  const [splitA = '', positionA = ''] = a.split(':');
  const [splitB = '', positionB = ''] = b.split(':');
  if (splitA !== splitB) return splitA < splitB ? -1 : 1;
  return Number(positionA) - Number(positionB);
}
