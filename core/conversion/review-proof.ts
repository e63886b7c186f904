import { answerOnSqlite, isInformative } from './answers.ts';
import { findInstability } from './find-instability.ts';
import { proveQuery } from './prove.ts';
import type { ConvertedQuery } from './convert-query.ts';
import type { Engines } from './engines.ts';
import type { Judgement } from './judge-pair.ts';

/** The engines of a proof, and the SQLite file as published where the proof's own reads some texts as NULL. */
export interface ReviewEngines extends Engines {
  published: Engines['gold'] | undefined;
}

/** Looks again at a pair that was found equal: for luck, and for rows that are not quite Spider's own. */
export async function reviewProof(
  engines: ReviewEngines,
  sqliteSql: string,
  converted: ConvertedQuery,
  judgement: Judgement,
): Promise<Judgement> {
  if (!judgement.outcome.startsWith('verified')) return judgement;
  return (
    findLuck(engines.gold, sqliteSql, converted, judgement) ??
    (await findTextsAsNull(engines, sqliteSql, converted, judgement)) ??
    judgement
  );
}

/** Equal, and yet SQLite takes a value from an arbitrary row: the same rows stored in another order show it. */
function findLuck(
  gold: Engines['gold'],
  sqliteSql: string,
  { sql, expected, hasChoice }: ConvertedQuery,
  judgement: Judgement,
): Judgement | undefined {
  if ('error' in expected || !(hasChoice || sql.includes('DISTINCT ON'))) return undefined;
  const found = findInstability(gold, sqliteSql, expected);
  if (found?.reasonClass !== 'arbitrary-row') return undefined;
  const reason = `${found.reason} As the rows are stored, both engines happen to agree.`;
  return { ...withoutEquality(judgement), outcome: 'nondeterministic', ...found, reason };
}

/**
 * A few of Spider's columns of numbers hold texts (mostly `''` for no value), which PostgreSQL can only keep as NULL.
 * The proof reads them as NULL in both engines; where SQLite answers otherwise on the file as published, that is said.
 */
async function findTextsAsNull(
  { loader, published }: ReviewEngines,
  sqliteSql: string,
  { sql, proof }: ConvertedQuery,
  judgement: Judgement,
): Promise<Judgement | undefined> {
  if (published === undefined) return undefined;
  const expected = answerOnSqlite(published, sqliteSql);
  const asPublished = await proveQuery({ loader, gold: published }, { sqliteSql, sql, expected });
  if (asPublished.outcome === 'verified') return undefined;
  return {
    ...judgement,
    outcome: 'verified-on-generated-rows',
    textsAsNull: true,
    reason: `Equal once the texts in columns of numbers are NULL in both engines. On the file as published: ${asPublished.reason ?? ''}.`,
    informative: {
      shipped: false,
      generated:
        judgement.informative.generated || (proof.actual !== undefined && isInformative(proof.actual)),
    },
  };
}

function withoutEquality({ equality: _equality, ...judgement }: Judgement): Judgement {
  return judgement;
}
