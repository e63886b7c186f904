import type { PlanNode } from '../../contract/index.ts';
import type { RawNode } from './read-plan.ts';

/** What says why a node does what it does, in the order in which EXPLAIN's text has it. */
const shown = [
  'Scan Direction',
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'Filter',
  'One-Time Filter',
  'TID Cond',
  'Order By',
  'Group Key',
  'Grouping Sets',
  'Sort Key',
  'Presorted Key',
  'Sort Method',
  'Sort Space Used',
  'Sort Space Type',
  'Hash Buckets',
  'Hash Batches',
  'Peak Memory Usage',
  'HashAgg Batches',
  'Disk Usage',
  'Cache Key',
  'Cache Hits',
  'Cache Misses',
  'Heap Fetches',
  'Exact Heap Blocks',
  'Lossy Heap Blocks',
  'Workers Planned',
  'Workers Launched',
  'Rows Removed by Filter',
  'Rows Removed by Join Filter',
  'Rows Removed by Index Recheck',
  'Subplans Removed',
];
/** PostgreSQL counts these in kB. */
const kilobytes = new Set(['Sort Space Used', 'Peak Memory Usage', 'Disk Usage']);
const usual = new Map<string, unknown>([
  ['Scan Direction', 'Forward'],
  ['Hash Batches', 1],
  ['HashAgg Batches', 0],
  ['Disk Usage', 0],
  ['Rows Removed by Index Recheck', 0],
  ['Lossy Heap Blocks', 0],
]);

export function describeDetails(raw: RawNode): PlanNode['details'] {
  return shown.flatMap((label) => {
    const value = raw[label];
    if (value === undefined || usual.get(label) === value) return [];
    const text = Array.isArray(value) ? value.join(', ') : String(value);
    return [{ label, value: kilobytes.has(label) ? `${text} kB` : text }];
  });
}
