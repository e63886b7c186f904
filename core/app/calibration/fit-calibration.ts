import {
  applyLogistic,
  confidenceFeatures,
  fitLogistic,
  fitVoteWeights,
  type Calibration,
  type LogisticModel,
} from '../../generation/calibration/index.ts';
import { groupByResult, readQuestionFacts, type Evidence, type ResultGroup } from '../../generation/vote.ts';
import type { EvidenceCandidate, EvidenceLine } from './collect-evidence.ts';

type Winner = ResultGroup<EvidenceCandidate>;

interface Fitted {
  vote: Evidence;
  confidence: LogisticModel;
}

/** The winner of each question's vote, and whether its rows are the gold rows. Questions where nothing ran have none. */
function voteOn(lines: readonly EvidenceLine[], weights: Evidence): { winner: Winner; right: boolean }[] {
  return lines.flatMap(({ question, hints, candidates }) => {
    const [winner] = groupByResult(readQuestionFacts(question, hints), candidates, weights);
    const [best] = winner?.members ?? [];
    return winner && best?.key !== undefined ? [{ winner, right: best.correct }] : [];
  });
}

function fit(lines: readonly EvidenceLine[]): Fitted {
  const vote = fitVoteWeights(lines);
  const cases = voteOn(lines, vote).map(({ winner, right }) => ({
    features: confidenceFeatures(winner),
    positive: right,
  }));
  return { vote, confidence: fitLogistic(cases) };
}

export type FittedCalibration = Fitted & Pick<Calibration['provenance'], 'right' | 'brierScore'>;

/**
 * Fits weights and confidence on all questions. What is said of their worth is measured on each database with what was
 * fitted on the others.
 */
export function fitCalibration(lines: readonly EvidenceLine[]): FittedCalibration {
  const judged = [...new Set(lines.map(({ dbId }) => dbId))].flatMap((left) => {
    const fitted = fit(lines.filter(({ dbId }) => dbId !== left));
    const own = lines.filter(({ dbId }) => dbId === left);
    return voteOn(own, fitted.vote).map(({ winner, right }) => ({
      right,
      confidence: applyLogistic(fitted.confidence, confidenceFeatures(winner)),
    }));
  });
  const squares = judged.map(({ right, confidence }) => (confidence - (right ? 1 : 0)) ** 2);
  return {
    ...fit(lines),
    right: {
      first: lines.filter(({ candidates: [first] }) => first?.correct).length,
      voted: judged.filter(({ right }) => right).length,
      any: lines.filter(({ candidates }) => candidates.some(({ correct }) => correct)).length,
    },
    brierScore: squares.reduce((sum, square) => sum + square, 0) / Math.max(1, squares.length),
  };
}
