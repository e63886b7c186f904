import { isCaught, isCaughtOnShipped } from './mutant-fate.ts';
import { mutantKinds, type MutantKind } from './mutant.ts';
import type { MutantFate } from './mutant-fate.ts';

/** Mutants of one kind by what became of them. */
export interface MutantCounts {
  mutants: number;
  /** By Spider's own rows alone. */
  caughtOnShipped: number;
  /** By Spider's own rows or by the generated rows of the proof. */
  caught: number;
  /** Of those caught: the ones that PostgreSQL refuses. */
  refused: number;
  /** Not caught, and too costly to run on some rows: not counted as caught. */
  tooCostly: number;
  /** Not caught, and proven to mean the same as the original. */
  provenEquivalent: { byPlan: number; byRules: number };
  /** Not caught by the proof, but told apart by further rows: certainly different. */
  missed: number;
  /** Told apart by nothing. */
  presumedEquivalent: number;
  /** Not caught, not proven equivalent, and not searched for. */
  notSearched: number;
}

export interface MutantScores {
  /** Caught on Spider's own rows, of all mutants. */
  shippedOfAll: number;
  /** Caught by the whole proof, of all mutants. */
  ofAll: number;
  /** Caught on Spider's own rows, of those not proven equivalent. */
  shippedOfNotProvenEquivalent: number;
  /** Caught by the whole proof, of those not proven equivalent. */
  ofNotProvenEquivalent: number;
  /** Caught by the whole proof, of those known to be different: caught or missed. */
  ofKnownDifferent: number;
}

export type KindLine = MutantCounts & { scores: MutantScores };
export type KindTable = Record<MutantKind | 'all', KindLine>;

/** Counts and shares (0 to 1, four digits) by kind, and for all kinds together. */
export function tallyFates(fates: MutantFate[]): KindTable {
  const byKind = Map.groupBy(fates, (fate) => fate.mutant.kind);
  const entries = mutantKinds.map((kind) => [kind, countFates(byKind.get(kind) ?? [])] as const);
  return { ...(Object.fromEntries(entries) as Record<MutantKind, KindLine>), all: countFates(fates) };
}

export function countFates(fates: MutantFate[]): KindLine {
  const count = (test: (fate: MutantFate) => boolean) => fates.filter(test).length;
  const isOpen = (fate: MutantFate) => !isCaught(fate) && fate.proof === undefined;
  const counts: MutantCounts = {
    mutants: fates.length,
    caughtOnShipped: count(isCaughtOnShipped),
    caught: count(isCaught),
    refused: count((fate) => (fate.caughtOn?.verdict ?? fate.shipped) === 'error'),
    tooCostly: count((fate) => !isCaught(fate) && fate.tooCostly),
    provenEquivalent: {
      byPlan: count((fate) => !isCaught(fate) && fate.proof === 'plan'),
      byRules: count((fate) => !isCaught(fate) && fate.proof === 'rules'),
    },
    missed: count((fate) => isOpen(fate) && fate.search === 'told-apart'),
    presumedEquivalent: count((fate) => isOpen(fate) && fate.search === 'never-told-apart'),
    notSearched: count((fate) => isOpen(fate) && fate.search === undefined),
  };
  return { ...counts, scores: scoreCounts(counts) };
}

function scoreCounts({ mutants, caughtOnShipped, caught, missed, provenEquivalent }: MutantCounts) {
  const notProven = mutants - provenEquivalent.byPlan - provenEquivalent.byRules;
  return {
    shippedOfAll: share(caughtOnShipped, mutants),
    ofAll: share(caught, mutants),
    shippedOfNotProvenEquivalent: share(caughtOnShipped, notProven),
    ofNotProvenEquivalent: share(caught, notProven),
    ofKnownDifferent: share(caught, caught + missed),
  };
}

/** Of nothing, everything is caught. */
function share(part: number, whole: number): number {
  return whole === 0 ? 1 : Number((part / whole).toFixed(4));
}
