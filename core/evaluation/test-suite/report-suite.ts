import type { SuiteCoverage, SuiteReport, SuiteRow } from '../../contract/index.ts';
import { shareOf } from '../intervals.ts';
import { noCoverage } from './run-suite.ts';

export interface SuiteRun {
  /** Shuffled fillings of each database. */
  fillings: number;
  seed: number;
  /** Questions that were judged on their shipped rows. */
  n: number;
  seconds: number;
}

/** How far a suite is, and in the end its report. */
export type SuiteStep =
  { kind: 'suite'; done: number; total: number } | { kind: 'suite-report'; report: SuiteReport };

/** The suite's figures from its rows, one for each question that is right on the shipped rows. */
export function reportSuite(rows: SuiteRow[], run: SuiteRun): SuiteReport {
  const count = (verdict: SuiteRow['verdict']) => rows.filter((row) => row.verdict === verdict).length;
  const counts = { passed: count('passed'), lost: count('lost'), untold: count('untold') };
  const { share, low, high } = shareOf(counts.passed + counts.untold, run.n);
  return {
    ...run,
    ...{ testSuiteAccuracy: share, low, high },
    tried: rows.length,
    ...counts,
    coverage: rows.reduce((sum, row) => addCoverage(sum, row.coverage), noCoverage()),
    lostOn: countBy(rows.flatMap((row) => row.lost?.filling ?? [])),
    rows,
  };
}

function addCoverage(left: SuiteCoverage, right: SuiteCoverage): SuiteCoverage {
  return {
    asked: left.asked + right.asked,
    told: left.told + right.told,
    empty: left.empty + right.empty,
    undefined: left.undefined + right.undefined,
    goldFailed: left.goldFailed + right.goldFailed,
    refused: left.refused + right.refused,
  };
}

function countBy(names: string[]): Record<string, number> {
  const groups = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length] as const);
  return Object.fromEntries(groups.sort(([, left], [, right]) => right - left));
}
