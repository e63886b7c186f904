import { spiderSplits } from '../layout.ts';
import type { SpiderManifest } from '../manifest.ts';
import type { GoldQuery, Release } from '../read-release.ts';
import type { DatabaseCheck } from './check-database.ts';
import type { GoldResult } from './run-gold-queries.ts';
import type { VerifyProblem, VerifyReport } from './verify-report.ts';

export interface CheckedDatabase {
  dbId: string;
  /** Undefined where the file cannot be read at all. */
  check?: DatabaseCheck;
  problems: VerifyProblem[];
  /** The error of each distinct gold query, or null. */
  gold: Map<string, GoldResult>;
}

/** Counts what the checks found; databases come in their order. */
export function summarize(
  manifest: SpiderManifest,
  release: Release,
  databases: CheckedDatabase[],
): Omit<VerifyReport, 'differences' | 'problems'> {
  const checks = databases.flatMap(({ dbId, check }) => (check ? [{ dbId, ...check }] : []));
  const tables = checks.flatMap((check) => check.tables);
  const gold = new Map(databases.map((each) => [each.dbId, each.gold]));
  const empty = checks.map(({ dbId, tables }) => ({
    dbId,
    all: tables.length,
    tables: tables.filter(({ rows }) => rows === 0).map(({ name }) => name),
  }));
  return {
    source: manifest.source,
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    databases: {
      count: databases.length,
      tables: tables.length,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      empty: empty.filter(({ all, tables }) => tables.length === all).map(({ dbId }) => dbId),
      partlyEmpty: empty
        .filter(({ all, tables }) => tables.length > 0 && tables.length < all)
        .map(({ dbId, tables }) => ({ dbId, tables })),
      missingTables: checks
        .filter(({ missingTables }) => missingTables.length > 0)
        .map(({ dbId, missingTables }) => ({ dbId, tables: missingTables })),
      brokenForeignKeys: checks.flatMap((check) => check.brokenForeignKeys),
      otherEncodings: checks.flatMap(({ dbId, otherEncodings }) =>
        otherEncodings.map((each) => ({ dbId, ...each })),
      ),
    },
    gold: Object.fromEntries(
      spiderSplits.map((split) => [split, countGold(split, release.examples, gold)]),
    ) as VerifyReport['gold'],
  };
}

/** A query whose database cannot be read has failed too: nothing is left out of the count. */
function countGold(
  split: GoldQuery['split'],
  examples: GoldQuery[],
  gold: Map<string, Map<string, GoldResult>>,
): VerifyReport['gold'][GoldQuery['split']] {
  const ofSplit = examples.filter((example) => example.split === split);
  const failures = ofSplit.flatMap(({ index, dbId, sql }) => {
    const error = gold.get(dbId)?.get(sql);
    if (error === null) return [];
    return [{ index, dbId, error: error ?? 'not run: the database cannot be read' }];
  });
  const failed = failures.length;
  return { examples: ofSplit.length, run: ofSplit.length - failed, failed, failures };
}
