import type { NameIndex } from './index-names.ts';
import type { LinkWeights } from './weights.ts';

/** Neighbours along foreign keys by table, each once, and 0.5 for joins that only names say. */
export type Neighbours = Map<number, number>[];

const known = new WeakMap<NameIndex, Neighbours>();

export function neighboursOf(index: NameIndex): Neighbours {
  const found = known.get(index);
  if (found) return found;
  const neighbours: Neighbours = index.view.tables.map(() => new Map());
  for (const { from, to, inferred } of index.view.edges) {
    const [a, b] = [index.tableIds.get(from), index.tableIds.get(to)];
    if (a === undefined || b === undefined || a === b) continue;
    const strength = Math.max(inferred ? 0.5 : 1, neighbours[a]?.get(b) ?? 0);
    neighbours[a]?.set(b, strength);
    neighbours[b]?.set(a, strength);
  }
  known.set(index, neighbours);
  return neighbours;
}

/**
 * Scores with what comes over foreign keys: a table gets a share of its best neighbour's score, less where either has
 * many keys (else `users` or `currency`, which everything refers to, would always win); one that joins two tables that
 * score gets a share of the lower of both. Twice, so that it reaches over a bridge.
 */
export function spreadScores(index: NameIndex, own: readonly number[], weights: LinkWeights): number[] {
  const neighbours = neighboursOf(index);
  let scores = [...own];
  for (let round = 0; round < 2; round++) {
    const before = scores;
    scores = own.map((score, table) => {
      if (index.copies.has(table)) return score;
      const { given, bridge } = readNeighbours(index, neighbours, before, table, weights);
      return score + weights.spread * given + weights.bridge * bridge;
    });
  }
  return scores;
}

function readNeighbours(
  index: NameIndex,
  neighbours: Neighbours,
  scores: readonly number[],
  table: number,
  weights: LinkWeights,
): { given: number; bridge: number } {
  const degreeOf = (id: number) => Math.max(1, neighbours[id]?.size ?? 1);
  let [first, second, given] = [0, 0, 0];
  for (const [other, strength] of neighbours[table] ?? []) {
    const value = strength * (scores[other] ?? 0);
    if (value <= 0 || index.copies.has(other)) continue;
    given = Math.max(given, value / (degreeOf(table) * degreeOf(other)) ** (weights.hubDamping / 2));
    if (value > first) [first, second] = [value, first];
    else if (value > second) second = value;
  }
  return { given, bridge: second / degreeOf(table) ** (weights.hubDamping / 2) };
}
