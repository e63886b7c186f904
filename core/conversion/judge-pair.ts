import { isInformative } from './answers.ts';
import { explainDifference } from './find-instability.ts';
import { orderReason, tieReason, weakerEquality } from './prove.ts';
import type { Equality, ProvenPair } from '../contract/dataset.ts';
import type { ConvertedQuery } from './convert-query.ts';
import type { Engines } from './engines.ts';
import type { Proof } from './prove.ts';
import type { GeneratedProof } from './prove-generated.ts';

/** What a pair's line says about its proof. */
export type Judgement = Pick<
  ProvenPair,
  | 'outcome'
  | 'equality'
  | 'equalityOnShippedRows'
  | 'otherTypes'
  | 'reasonClass'
  | 'reason'
  | 'errors'
  | 'rows'
  | 'informative'
  | 'generated'
  | 'textsAsNull'
>;

/** How a pair ends: from its proofs on Spider's own rows and on generated ones. */
export function judgePair(gold: Engines['gold'], sqliteSql: string, converted: ConvertedQuery): Judgement {
  const { proof, generated } = converted;
  const facts = {
    ...(proof.errors === undefined ? {} : { errors: proof.errors }),
    ...(proof.rows === undefined ? {} : { rows: proof.rows }),
    ...(proof.equality === undefined ? {} : { equalityOnShippedRows: proof.equality }),
    informative: {
      shipped: proof.outcome === 'verified' && proof.actual !== undefined && isInformative(proof.actual),
      generated: generated?.informative === true,
    },
    ...(generated === undefined ? {} : { generated: describeSets(generated) }),
  };
  if (proof.outcome === 'failed') return { ...judgeRefusal(converted), ...facts };
  if (proof.outcome === 'different') return { ...judgeDifference(gold, sqliteSql, converted), ...facts };
  return { ...judgeEquality(converted, facts.informative), ...facts };
}

function describeSets({ used, agreeing, unused }: GeneratedProof): ProvenPair['generated'] {
  const isUnused = Object.keys(unused).length > 0;
  return { sets: used.length, agreeing, ...(isUnused ? { unused } : {}) };
}

function judgeRefusal({ sql, expected, proof }: ConvertedQuery) {
  const reason = proof.reason ?? '';
  if ('error' in expected) return { outcome: 'failed', reasonClass: 'gold-fails', reason } as const;
  return { outcome: 'failed', reasonClass: sql === '' ? 'not-rewritten' : 'postgres-error', reason } as const;
}

function judgeDifference(gold: Engines['gold'], sqliteSql: string, converted: ConvertedQuery) {
  const { expected, proof, hasChoice } = converted;
  const reason = proof.reason ?? '';
  const found =
    'error' in expected ? undefined : explainDifference(gold, { sqliteSql, hasChoice }, expected, proof);
  if (found === undefined) return { outcome: 'failed', reasonClass: 'other-rows', reason } as const;
  return { outcome: 'nondeterministic', ...found, reason: `${found.reason} Here: ${reason}.` } as const;
}

function judgeEquality({ proof, generated }: ConvertedQuery, informative: ProvenPair['informative']) {
  if (generated?.contradiction !== undefined) return judgeContradiction(generated.contradiction);
  const { reasonClass, reason, on } = generated?.undefinedOn ?? {};
  if (!informative.shipped && !informative.generated && reasonClass !== undefined) {
    return { outcome: 'nondeterministic', reasonClass, reason: `On ${on} rows: ${reason}` } as const;
  }
  const outcome = !informative.shipped && informative.generated ? 'verified-on-generated-rows' : 'verified';
  const onShipped = proof.equality ?? 'ties-broken';
  return {
    outcome,
    equality: weakerEquality(onShipped, generated?.equality ?? onShipped),
    ...(proof.otherTypes === true || generated?.otherTypes === true ? { otherTypes: true } : {}),
    ...describeTies(onShipped, generated),
  } as const;
}

/** Why the label is not `strict`: where the ties were met that weakened it. */
function describeTies(onShipped: Equality, generated: GeneratedProof | undefined): { reason?: string } {
  const label = weakerEquality(onShipped, generated?.equality ?? onShipped);
  if (label === 'strict') return {};
  const ties = label === 'ties-in-order' ? orderReason : tieReason;
  if (label === onShipped) return { reason: ties };
  return { reason: `On generated rows: ${generated?.undefinedOn?.reason ?? ties}` };
}

function judgeContradiction({ on, proof }: { on: string; proof: Proof }) {
  const reason = `On generated rows (${on}): ${proof.reason ?? ''}`;
  if (proof.errors === undefined) return { outcome: 'failed', reasonClass: 'other-rows', reason } as const;
  return { outcome: 'failed', reasonClass: 'postgres-error', reason, errors: proof.errors } as const;
}
