import {
  collectBallotEvidence,
  evidenceNames,
  logSum,
  readQuestionFacts,
  scoreEvidence,
  type Ballot,
  type Evidence,
  type EvidenceName,
} from '../vote.ts';
import type { ValueHint } from '../../schema/index.ts';

/** A question whose candidates were judged against gold rows. */
export interface VoteCase {
  question: string;
  hints: readonly ValueHint[];
  candidates: readonly (Ballot & { correct: boolean })[];
}

/** Pulls weights that few questions speak of towards nothing, in squared logarithms of odds. */
const ridge = 0.5;
const steps = 400;
const stepSize = 0.05;

interface Scored {
  evidence: Evidence;
  correct: boolean;
}

/**
 * Weights under which the right result gets most of the vote: conditional logistic regression over the candidates that
 * ran, maximising the summed log-share of the right ones. Questions without a right candidate, or with right ones
 * alone, say nothing. Gradient ascent with Adam's step (Kingma and Ba, 2015) from defaults: always the same.
 */
export function fitVoteWeights(cases: readonly VoteCase[]): Evidence {
  const informative = cases.map(toScored).filter((scored) => {
    const right = scored.filter(({ correct }) => correct).length;
    return right > 0 && right < scored.length;
  });
  let weights: Evidence = { logProb: 1, empty: 0, allNull: 0, larger: 0, unsaid: 0 };
  const first: Evidence = { logProb: 0, empty: 0, allNull: 0, larger: 0, unsaid: 0 };
  const second: Evidence = { ...first };
  for (let step = 1; step <= steps; step++) {
    const gradient = gradientOf(informative, weights);
    const next = { ...weights };
    for (const name of evidenceNames) {
      first[name] = 0.9 * first[name] + 0.1 * gradient[name];
      second[name] = 0.999 * second[name] + 0.001 * gradient[name] ** 2;
      const mean = first[name] / (1 - 0.9 ** step);
      const scale = Math.sqrt(second[name] / (1 - 0.999 ** step)) + 1e-9;
      next[name] = clamp(name, next[name] + (stepSize * mean) / scale);
    }
    weights = next;
  }
  return weights;
}

/** A weak sign against a candidate may turn out to mean nothing, never to speak for it; nor may its probability speak against it. */
function clamp(name: EvidenceName, weight: number): number {
  return name === 'logProb' ? Math.max(0, weight) : Math.min(0, weight);
}

function toScored({ question, hints, candidates }: VoteCase): Scored[] {
  const facts = readQuestionFacts(question, hints);
  return candidates
    .filter(({ key }) => key !== undefined)
    .map((candidate) => ({ evidence: collectBallotEvidence(facts, candidate), correct: candidate.correct }));
}

/** Of the penalised log-likelihood: expected evidence among the right candidates less that among all. */
function gradientOf(cases: readonly Scored[][], weights: Evidence): Evidence {
  const gradient: Evidence = { logProb: 0, empty: 0, allNull: 0, larger: 0, unsaid: 0 };
  for (const name of evidenceNames) gradient[name] = -ridge * (weights[name] - (name === 'logProb' ? 1 : 0));
  for (const scored of cases) {
    const right = expectedEvidence(
      scored.filter(({ correct }) => correct),
      weights,
    );
    const all = expectedEvidence(scored, weights);
    for (const name of evidenceNames) gradient[name] += right[name] - all[name];
  }
  return gradient;
}

function expectedEvidence(scored: readonly Scored[], weights: Evidence): Evidence {
  const scores = scored.map(({ evidence }) => scoreEvidence(evidence, weights));
  const total = logSum(scores);
  const expected: Evidence = { logProb: 0, empty: 0, allNull: 0, larger: 0, unsaid: 0 };
  for (const [index, { evidence }] of scored.entries()) {
    const probability = Math.exp((scores[index] ?? 0) - total);
    for (const name of evidenceNames) expected[name] += probability * evidence[name];
  }
  return expected;
}
