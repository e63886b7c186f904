import type { GeneratedRows } from '../../contract/dataset.ts';
import type { Verdict } from './ask-mutants.ts';
import type { Mutant } from './mutant.ts';

/** What became of one mutant. */
export interface MutantFate {
  mutant: Mutant;
  /** Its verdict on Spider's own rows. */
  shipped?: Verdict | undefined;
  /** What caught it on the proof's generated rows: the kind of the set. */
  caughtOn?: { set: string; verdict: Verdict } | undefined;
  /** How it was proven to mean the same as the original. */
  proof?: 'plan' | 'rules' | undefined;
  /** Whether the long search told it apart; undefined where it was not looked for. */
  search?: 'told-apart' | 'never-told-apart' | undefined;
  toldApartBy?: GeneratedRows | undefined;
  /** Whether it was not run to its end somewhere. */
  tooCostly: boolean;
}

export function isCaughtOnShipped(fate: MutantFate): boolean {
  return isDifferent(fate.shipped);
}

export function isCaught(fate: MutantFate): boolean {
  return isCaughtOnShipped(fate) || fate.caughtOn !== undefined;
}

/** What was not run to its end decides nothing. */
export function isDifferent(verdict: Verdict | undefined): boolean {
  return verdict === 'other-rows' || verdict === 'error';
}
