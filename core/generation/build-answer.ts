import type { Answer } from '../contract/index.ts';
import type { ValueHint } from '../schema/index.ts';
import { calibratedConfidence, type VoteSettings } from './calibration/calibration.ts';
import type { CheckedCandidate } from './candidates.ts';
import {
  findAlternatives,
  groupByResult,
  readQuestionFacts,
  toBallot,
  toContractCandidates,
} from './vote.ts';

/** What the candidates say together, without what the asking adds. */
export type VotedAnswer = Pick<
  Answer,
  | 'sql'
  | 'outcome'
  | 'message'
  | 'hint'
  | 'position'
  | 'result'
  | 'candidates'
  | 'confidence'
  | 'calibrated'
  | 'agreement'
  | 'alternatives'
>;

/** Lets the candidates vote by their results. */
export function buildAnswer(
  { question, hints }: { question: string; hints: readonly ValueHint[] },
  checked: readonly CheckedCandidate[],
  { weights, calibration }: VoteSettings,
): VotedAnswer {
  const groups = groupByResult(readQuestionFacts(question, hints), checked.map(toBallot), weights);
  const [winner] = groups;
  const best = winner?.members[0]?.candidate ?? nothingWritten;
  const agreement = winner?.share ?? 0;
  // It was fitted on answers that ran.
  const isCalibrated = calibration !== undefined && best.outcome === 'succeeded';
  return {
    sql: best.sql,
    outcome: best.outcome,
    message: best.message,
    hint: best.hint,
    position: best.position,
    result: best.result,
    candidates: toContractCandidates(groups),
    confidence: isCalibrated && winner ? calibratedConfidence(calibration, winner) : agreement,
    calibrated: isCalibrated,
    agreement,
    alternatives: findAlternatives(groups),
  };
}

const nothingWritten: CheckedCandidate = {
  sql: '',
  outcome: 'invalid',
  message: 'The model wrote no statement for this question.',
  hint: 'Say it with the names of tables and columns, or write the SQL by hand.',
  logProb: 0,
};
