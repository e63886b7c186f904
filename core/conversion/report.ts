import { tieReason } from './prove.ts';
import { spiderSplits } from '../spider/index.ts';
import type { ConvertedPair } from './convert.ts';
import type { LoadedDatabase } from './load.ts';

export interface SplitCounts {
  pairs: number;
  verified: number;
  /** Verified only once ties were broken alike in both engines. */
  verifiedWithTies: number;
  different: number;
  failed: number;
  /** Verified pairs whose answer has no rows: equality says little there. */
  verifiedEmpty: number;
}

export interface ConversionReport {
  splits: Record<string, SplitCounts>;
  /** By split, the reasons with their literals and names taken out, and how often each came. */
  failureClasses: Record<string, Record<string, number>>;
  databases: {
    databases: number;
    tables: number;
    rows: number;
    primaryKeysNotDeclared: string[];
    foreignKeysNotDeclared: string[];
    cellsNulled: Record<string, number>;
  };
}

export function buildReport(pairs: ConvertedPair[], databases: LoadedDatabase[]): ConversionReport {
  const splits: ConversionReport['splits'] = {};
  const failureClasses: ConversionReport['failureClasses'] = {};
  for (const split of spiderSplits) {
    const own = pairs.filter((pair) => pair.split === split);
    splits[split] = countOutcomes(own);
    failureClasses[split] = countReasons(own);
  }
  return { splits, failureClasses, databases: describeLoad(databases) };
}

function countOutcomes(pairs: ConvertedPair[]): SplitCounts {
  const of = (outcome: string) => pairs.filter((pair) => pair.outcome === outcome);
  return {
    pairs: pairs.length,
    verified: of('verified').length,
    verifiedWithTies: of('verified').filter((pair) => pair.reason === tieReason).length,
    different: of('different').length,
    failed: of('failed').length,
    verifiedEmpty: of('verified').filter((pair) => pair.rows === 0).length,
  };
}

function countReasons(pairs: ConvertedPair[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const pair of pairs) {
    if (pair.reason === undefined) continue;
    const kind = `${pair.outcome}: ${pair.reason.replace(/"[^"]*"|'[^']*'|\d+/g, '…')}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort((a, b) => b[1] - a[1]));
}

function describeLoad(databases: LoadedDatabase[]): ConversionReport['databases'] {
  const tables = databases.flatMap((database) =>
    database.tables.map((table) => ({ dbId: database.dbId, table })),
  );
  return {
    databases: databases.length,
    tables: tables.length,
    rows: tables.reduce((sum, { table }) => sum + table.rows, 0),
    primaryKeysNotDeclared: tables
      .filter(({ table }) => table.primaryKey.length > 0 && !table.primaryKeyDeclared)
      .map(({ dbId, table }) => `${dbId}.${table.name}`),
    foreignKeysNotDeclared: tables.flatMap(({ dbId, table }) =>
      table.foreignKeys
        .filter((key) => !key.declared)
        .map((key) => `${dbId}.${table.name} (${key.columns.join(', ')}): ${key.reason ?? 'unknown'}`),
    ),
    cellsNulled: Object.fromEntries(
      tables
        .filter(({ table }) => table.cellsNulled > 0)
        .map(({ dbId, table }) => [`${dbId}.${table.name}`, table.cellsNulled]),
    ),
  };
}
