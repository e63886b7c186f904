import type { Calibration, EvaluationRow } from '../contract/index.ts';
import { shareWhere } from './intervals.ts';

const binCount = 10;

/** Reliability of the answers' confidence, in ten bins of equal width; a confidence of 1 falls into the last. */
export function measureCalibration(
  rows: readonly Pick<EvaluationRow, 'confidence' | 'correct'>[],
): Calibration {
  const binOf = (confidence: number) => Math.min(binCount - 1, Math.floor(confidence * binCount));
  const grouped = Map.groupBy(rows, ({ confidence }) => binOf(confidence));
  const bins = [...grouped.keys()]
    .toSorted((a, b) => a - b)
    .map((bin) => {
      const inside = grouped.get(bin) ?? [];
      const confidence = inside.reduce((sum, row) => sum + row.confidence, 0) / inside.length;
      const share = shareWhere(inside, ({ correct }) => correct);
      return { ...share, from: bin / binCount, to: (bin + 1) / binCount, confidence };
    });
  const distance = bins.reduce((sum, bin) => sum + bin.n * Math.abs(bin.confidence - (bin.share ?? 0)), 0);
  return { bins, expectedError: rows.length === 0 ? null : distance / rows.length };
}
