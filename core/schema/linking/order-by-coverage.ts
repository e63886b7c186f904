/** A table's score, and how much of it each word of the question gives, by the word's position. */
export interface ScoredTable {
  table: number;
  score: number;
  byPosition: ReadonlyMap<number, number>;
}

/** Tables behind these come by their scores alone. */
const ordered = 40;

/**
 * The best first, each time by what the tables before it leave to explain: a word counts `decay` times as much for the
 * next table once a table explains it as well as any does. Else twenty tables of the loudest word would stand before the
 * one that the next word names (maximal marginal relevance, Carbonell and Goldstein, 1998).
 */
export function orderByCoverage(tables: readonly ScoredTable[], decay: number): ScoredTable[] {
  const sorted = tables.toSorted((a, b) => b.score - a.score || a.table - b.table);
  const most = new Map<number, number>();
  for (const { byPosition } of sorted) {
    for (const [at, gain] of byPosition) most.set(at, Math.max(gain, most.get(at) ?? 0));
  }
  const left = new Map<number, number>();
  const worth = ({ score, byPosition }: ScoredTable) => {
    let sum = score;
    for (const [at, gain] of byPosition) sum -= gain * (1 - (left.get(at) ?? 1));
    return sum;
  };
  const first: ScoredTable[] = [];
  const rest = new Set(sorted.slice(0, ordered * 4));
  while (first.length < ordered && rest.size > 0) {
    let best: ScoredTable | undefined;
    let bestWorth = Number.NEGATIVE_INFINITY;
    for (const each of rest) {
      const value = worth(each);
      if (value > bestWorth) [best, bestWorth] = [each, value];
    }
    if (!best) break;
    rest.delete(best);
    first.push(best);
    for (const [at, gain] of best.byPosition) {
      const share = gain / (most.get(at) ?? 1);
      left.set(at, (left.get(at) ?? 1) * (1 - (1 - decay) * share));
    }
  }
  const taken = new Set(first);
  return [...first, ...sorted.filter((each) => !taken.has(each))];
}
