import type { EvaluationReport, EvaluationRow, Hardness, SharesByHardness } from '../contract/index.ts';
import { measureCalibration } from './calibration.ts';
import { causeOrder } from './failure-causes.ts';
import { shareWhere } from './intervals.ts';

export type RunFacts = Pick<
  EvaluationReport,
  'split' | 'model' | 'mode' | 'candidates' | 'measuredAt' | 'total'
>;

/** Everything that a report says besides its rows. */
export function summarise(run: RunFacts, rows: readonly EvaluationRow[]): EvaluationReport {
  const execution = byHardness(rows, ({ correct }) => correct);
  const { all, easy, medium, hard, extra } = execution;
  return {
    ...run,
    engine: 'postgresql',
    n: rows.length,
    correct: all.count,
    executionAccuracy: {
      all: all.share ?? 0,
      easy: easy.share,
      medium: medium.share,
      hard: hard.share,
      extra: extra.share,
    },
    execution,
    exactMatch: byHardness(rows, ({ exactMatch }) => exactMatch),
    wellFormed: shareWhere(
      rows.filter(({ predictedSql }) => predictedSql !== ''),
      ({ outcome }) => outcome !== 'refused' && outcome !== 'invalid',
    ),
    byDatabase: byDatabase(rows),
    causes: countCauses(rows),
    calibration: measureCalibration(rows),
    tied: rows.filter(({ tied }) => tied).length,
    goldUnproven: rows.filter(({ goldUnproven }) => goldUnproven).length,
    medianMs: medianOf(rows.map(({ ms }) => ms)),
    rows: [...rows],
  };
}

function byHardness(
  rows: readonly EvaluationRow[],
  holds: (row: EvaluationRow) => boolean,
): SharesByHardness {
  const of = (hardness: Hardness) =>
    shareWhere(
      rows.filter((row) => row.hardness === hardness),
      holds,
    );
  return {
    all: shareWhere(rows, holds),
    easy: of('easy'),
    medium: of('medium'),
    hard: of('hard'),
    extra: of('extra'),
  };
}

function byDatabase(rows: readonly EvaluationRow[]): EvaluationReport['byDatabase'] {
  return [...Map.groupBy(rows, ({ db }) => db)].map(([db, group]) => ({
    db,
    execution: shareWhere(group, ({ correct }) => correct),
    exactMatch: shareWhere(group, ({ exactMatch }) => exactMatch),
  }));
}

/** Those that occur, the most frequent primary one first. */
function countCauses(rows: readonly EvaluationRow[]): EvaluationReport['causes'] {
  return causeOrder
    .map((cause) => ({
      cause,
      primary: rows.filter(({ causes }) => causes[0] === cause).length,
      applies: rows.filter(({ causes }) => causes.includes(cause)).length,
    }))
    .filter(({ applies }) => applies > 0)
    .toSorted((a, b) => b.primary - a.primary || b.applies - a.applies);
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
