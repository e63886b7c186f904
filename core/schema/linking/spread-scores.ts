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
 * Scores with what comes over foreign keys: a table gets a share of its best neighbours' scores, less where either
 * has many keys (else `users` or `currency`, which everything refers to, would always win), and one that joins two
 * tables that score gets a share of the lower of both.
 */
export function spreadScores(index: NameIndex, own: readonly number[], weights: LinkWeights): number[] {
  const neighbours = neighboursOf(index);
  const degree = neighbours.map(({ size }) => Math.max(1, size));
  return own.map((score, table) => {
    if (index.copies.has(table)) return score;
    let [first, second, given] = [0, 0, 0];
    for (const [other, strength] of neighbours[table] ?? []) {
      const value = own[other] ?? 0;
      if (value <= 0 || index.copies.has(other)) continue;
      const damping = ((degree[table] ?? 1) * (degree[other] ?? 1)) ** (weights.hubDamping / 2);
      given = Math.max(given, (strength * value) / damping);
      const shared = strength * value;
      if (shared > first) [first, second] = [shared, first];
      else if (shared > second) second = shared;
    }
    const bridge = second / (degree[table] ?? 1) ** (weights.hubDamping / 2);
    return score + weights.spread * given + weights.bridge * bridge;
  });
}
