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

/** How many tables a table refers to, and how many refer to it. */
interface Degrees {
  references: number;
  referrers: number;
}

/** For each table the others that a key joins it to: whether it refers to them, or they to it. */
interface Directed {
  degrees: Degrees[];
  targets: Set<number>[];
}

const knownDirections = new WeakMap<NameIndex, Directed>();

function directionsOf(index: NameIndex): Directed {
  const found = knownDirections.get(index);
  if (found) return found;
  const targets = index.view.tables.map(() => new Set<number>());
  const referrers = index.view.tables.map(() => new Set<number>());
  for (const { from, to } of index.view.edges) {
    const [a, b] = [index.tableIds.get(from) ?? -1, index.tableIds.get(to) ?? -1];
    if (a === b || index.copies.has(a) || index.copies.has(b)) continue;
    targets[a]?.add(b);
    referrers[b]?.add(a);
  }
  const degrees = targets.map(({ size }, id) => ({ references: size, referrers: referrers[id]?.size ?? 0 }));
  const directed = { degrees, targets };
  knownDirections.set(index, directed);
  return directed;
}

/**
 * Scores with what comes over foreign keys: a table gets a share of its best neighbour's score, divided among those
 * that the neighbour refers to, or that refer to it (else all that refers to `users` would score with it); and one
 * that joins two tables that score gets a share of the lower of both. Twice, so that it reaches over a bridge.
 */
export function spreadScores(index: NameIndex, own: readonly number[], weights: LinkWeights): number[] {
  const neighbours = neighboursOf(index);
  let scores = [...own];
  for (let round = 0; round < 2; round++) {
    const before = scores;
    scores = own.map((score, table) => {
      if (index.copies.has(table)) return score;
      const { given, bridge } = readNeighbours(index, neighbours, before, table, weights);
      return score + given + weights.bridge * bridge;
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
  const { degrees, targets } = directionsOf(index);
  let [first, second, given] = [0, 0, 0];
  for (const [other, strength] of neighbours[table] ?? []) {
    const value = strength * (scores[other] ?? 0);
    if (value <= 0 || index.copies.has(other)) continue;
    const isTarget = targets[other]?.has(table) ?? false;
    const among = (isTarget ? degrees[other]?.references : degrees[other]?.referrers) ?? 1;
    const share = isTarget ? weights.spread : weights.spreadBack;
    given = Math.max(given, (share * value) / Math.max(1, among) ** weights.hubDamping);
    if (value > first) [first, second] = [value, first];
    else if (value > second) second = value;
  }
  const degree = Math.max(1, neighbours[table]?.size ?? 1);
  return { given, bridge: second / degree ** (weights.hubDamping / 2) };
}
