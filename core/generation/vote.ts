import type { Alternative, Candidate, Outcome, QueryResult } from '../contract/index.ts';
import { collectNumbers } from '../schema/collect-literals.ts';
import type { ValueHint } from '../schema/index.ts';
import { splitQuestion } from '../schema/question-words.ts';
import { askedRows } from './asked-size.ts';
import type { CheckedCandidate } from './candidates.ts';
import { resultKey } from './result-key.ts';

/** What the vote needs of a candidate. `key` is equal for equal rows, and absent where it did not run. */
export interface Ballot {
  sql: string;
  logProb: number;
  outcome: Outcome;
  key?: string | undefined;
  rowCount?: number | undefined;
  /** One row, of NULLs alone. */
  allNull?: boolean | undefined;
}

export const evidenceNames = ['logProb', 'empty', 'allNull', 'larger', 'unsaid'] as const;
export type EvidenceName = (typeof evidenceNames)[number];
/** What speaks for or against a candidate: its log-probability, and 1 or a count for each weak sign. */
export type Evidence = Record<EvidenceName, number>;

/**
 * Factors of the evidence in a candidate's score, in logarithms of odds; the fitted ones of a model file stand in its
 * calibration. These are for models without one: the starter's, rounded.
 */
export const defaultVoteWeights: Evidence = {
  logProb: 0.8,
  empty: -2,
  allNull: -1,
  larger: -0.5,
  unsaid: -1.2,
};

/** What a question says of its answer, read once for all its candidates. */
export interface QuestionFacts {
  askedRows: number | undefined;
  /** Stored values and numbers that the statement should hold. */
  said: string[];
}

/** Numbers that mean nothing by themselves. */
const impliedNumbers = new Set(['0', '1']);

export function readQuestionFacts(question: string, hints: readonly ValueHint[]): QuestionFacts {
  const numbers = collectNumbers(splitQuestion(question)).filter((number) => !impliedNumbers.has(number));
  const values = hints.map((hint) => plainText(hint.value).trim());
  return { askedRows: askedRows(question), said: [...new Set([...numbers, ...values])] };
}

/** A statement's words apart from its punctuation, so that values are found in it as whole words. */
function plainText(text: string): string {
  return ` ${text.toLowerCase().replaceAll(/[^\p{L}\p{N}.]+/gu, ' ')} `;
}

export function collectBallotEvidence(facts: QuestionFacts, ballot: Ballot): Evidence {
  const text = plainText(ballot.sql);
  const { rowCount } = ballot;
  return {
    logProb: ballot.logProb,
    empty: rowCount === 0 ? 1 : 0,
    allNull: ballot.allNull ? 1 : 0,
    larger: rowCount !== undefined && facts.askedRows !== undefined && rowCount > facts.askedRows ? 1 : 0,
    unsaid: facts.said.filter((value) => !text.includes(` ${value} `)).length,
  };
}

export function scoreEvidence(evidence: Evidence, weights: Evidence): number {
  return evidenceNames.reduce((sum, name) => sum + evidence[name] * weights[name], 0);
}

export interface ResultGroup<B extends Ballot = Ballot> {
  /** Those whose rows are equal, the best first. */
  members: B[];
  /** Of the vote, 0 to 1. */
  share: number;
  /** Logarithm of the probability that the model gives to the members together. */
  logMass: number;
}

/**
 * The candidates by their results, the winner first. A group's part of the vote is the probability of all its members,
 * each corrected by what its execution showed (a log-linear model, fitted by `calibrate`), so one likely candidate can
 * outweigh several unlikely ones. What failed stands alone behind all that ran; what was only planned votes by itself.
 */
export function groupByResult<B extends Ballot>(
  facts: QuestionFacts,
  ballots: readonly B[],
  weights: Evidence,
): ResultGroup<B>[] {
  const score = (ballot: B) => scoreEvidence(collectBallotEvidence(facts, ballot), weights);
  const anyRan = ballots.some(({ key }) => key !== undefined);
  const votes = ({ key, outcome }: B) => (anyRan ? key !== undefined : outcome === 'not-run');
  const groups = [...Map.groupBy(ballots, (ballot) => ballot.key ?? `sql:${ballot.sql}`).values()].map(
    (members) => ({
      members: members.toSorted((a, b) => score(b) - score(a) || compareText(a.sql, b.sql)),
      logVote: members.some(votes) ? logSum(members.map(score)) : Number.NEGATIVE_INFINITY,
      logMass: logSum(members.map(({ logProb }) => logProb)),
    }),
  );
  const total = logSum(groups.map(({ logVote }) => logVote));
  return groups
    .toSorted((a, b) => compareGroups(a, b))
    .map(({ members, logVote, logMass }) => ({
      members,
      share: total === Number.NEGATIVE_INFINITY ? 0 : Math.exp(logVote - total),
      logMass,
    }));
}

interface ScoredGroup {
  members: Ballot[];
  logVote: number;
  logMass: number;
}

/** `-Infinity` minus itself is no number, so equal votes are told first. */
function compareGroups(a: ScoredGroup, b: ScoredGroup): number {
  if (a.logVote !== b.logVote) return b.logVote - a.logVote;
  const [first, second] = [a.members[0], b.members[0]];
  if (!first || !second) return 0;
  return rank(first) - rank(second) || b.logMass - a.logMass || compareText(first.sql, second.sql);
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** What could be planned comes before what could not. */
function rank({ outcome }: Ballot): number {
  return ['succeeded', 'not-run', 'timed-out', 'failed', 'invalid', 'refused'].indexOf(outcome);
}

export function logSum(values: readonly number[]): number {
  const max = Math.max(...values);
  if (max === Number.NEGATIVE_INFINITY || values.length === 0) return Number.NEGATIVE_INFINITY;
  return max + Math.log(values.reduce((sum, value) => sum + Math.exp(value - max), 0));
}

export type CandidateBallot = Ballot & { candidate: CheckedCandidate };

export function toBallot(candidate: CheckedCandidate): CandidateBallot {
  const { sql, logProb, outcome, result } = candidate;
  const ran = result && { key: resultKey(result), rowCount: result.rowCount, allNull: isAllNull(result) };
  return { sql, logProb, outcome, candidate, ...ran };
}

export function isAllNull({ rows, rowCount }: QueryResult): boolean {
  return rowCount === 1 && rows[0]?.every((cell) => cell === null) === true;
}

/** The groups one after another as the contract shows them. */
export function toContractCandidates(groups: readonly ResultGroup<CandidateBallot>[]): Candidate[] {
  return groups.flatMap(({ members, share }) =>
    members.map(({ sql, outcome, candidate: { message, result } }) => {
      const voted = outcome === 'succeeded' || (outcome === 'not-run' && share > 0);
      const votes = voted ? members.length : 0;
      return {
        ...{ sql, outcome, votes, share },
        ...(message === undefined ? {} : { message }),
        ...(result && { preview: previewOf(result) }),
      };
    }),
  );
}

/** Rows of a candidate's result that travel with it; the answer's own rows travel whole. */
const previewRows = 5;

function previewOf({ columns, rows, rowCount, truncated }: QueryResult): Candidate['preview'] {
  return { columns, rows: rows.slice(0, previewRows), rowCount, truncated };
}

/** Below this share of the vote the second result is no real choice. */
const leastAlternativeShare = 0.1;

/** The best statement of the second result, where it might as well be the answer. */
export function findAlternatives(groups: readonly ResultGroup<CandidateBallot>[]): Alternative[] {
  return groups.slice(1, 2).flatMap(({ members: [best], share }) => {
    const result = best?.candidate.result;
    return best && result && share >= leastAlternativeShare ? [{ sql: best.sql, result, share }] : [];
  });
}
