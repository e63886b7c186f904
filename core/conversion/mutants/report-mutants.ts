import { isCaught } from './mutant-fate.ts';
import { mutantKinds } from './mutant.ts';
import { countFates, tallyFates } from './tally.ts';
import type { GeneratedRows, SpiderSplitName } from '../../contract/dataset.ts';
import type { KindLine, KindTable } from './tally.ts';
import type { MutantKind } from './mutant.ts';
import type { MutantFate } from './mutant-fate.ts';

/** A query of Spider with the fates of its mutants. */
export interface MeasuredFates {
  split: SpiderSplitName;
  dbId: string;
  sql: string;
  fates: MutantFate[];
}

export interface MutantExample {
  kind: MutantKind;
  dbId: string;
  sql: string;
  mutant: string;
  what: string;
  /** Rows that tell it apart, where the long search found some. */
  rows?: GeneratedRows;
}

/** `mutation_report.json`. */
export interface MutationReport {
  /** How it was measured, in words. */
  method: Record<string, string>;
  queries: number;
  /** Queries asked, of how many; absent where all were. */
  sampledOf?: number;
  /** Small random contents that the long search had for a query. */
  searchSets: number;
  kinds: KindTable;
  /** All kinds together, by Spider's files; the tables of train_others are mostly empty. */
  splits: Partial<Record<SpiderSplitName, KindLine>>;
  /** Mutants that rows tell apart and a rule or plan calls equivalent: a rule is wrong where there is one. */
  contradictions: MutantExample[];
  /** Certainly different and not caught by the proof, the first of each kind. */
  missed: MutantExample[];
  /** Told apart by nothing and not proven equivalent, the first of each kind. */
  presumedEquivalent: MutantExample[];
}

const examplesPerKind = 20;

const method = {
  mutants:
    'Each query differs from a converted query in one place of its parse tree, subqueries included; each text once.',
  caught:
    "A mutant is caught where PostgreSQL refuses it, or where its rows are not equal to SQLite's answer to the gold " +
    'query by the comparison of the proof itself (ties broken alike where the query orders). Rows on which the ' +
    'original is not equal to the gold do not count. A mutant that PostgreSQL ' +
    'expects to cost too much is not run there, and not caught.',
  provenEquivalent:
    "`plan`: PostgreSQL's EXPLAIN (VERBOSE) and all LIMITs are the same on empty tables with the declared keys. " +
    '`rules`: the same text after simplifications that declared keys, foreign keys and NOT NULL justify.',
  missed:
    'Not caught by the proof, but told apart by a set of rows made with another seed: certainly different.',
  presumedEquivalent: 'Told apart by no set of the long search either. Not proven.',
};

/** Counts, shares and examples. Queries and mutants come in the order measured, so the same input gives the same bytes. */
export function reportMutants(
  measured: MeasuredFates[],
  facts: { sampledOf?: number; searchSets: number },
): MutationReport {
  const all = measured.flatMap(({ dbId, sql, fates }) => fates.map((fate) => ({ dbId, sql, fate })));
  const examples = (test: (fate: MutantFate) => boolean, limit: number) =>
    mutantKinds.flatMap((kind) =>
      all
        .filter(({ fate }) => fate.mutant.kind === kind && test(fate))
        .slice(0, limit)
        .map(({ dbId, sql, fate: { mutant, toldApartBy } }) => ({
          kind,
          dbId,
          sql,
          mutant: mutant.sql,
          what: mutant.what,
          ...(toldApartBy === undefined ? {} : { rows: toldApartBy }),
        })),
    );
  const isOpen = (fate: MutantFate) => !isCaught(fate) && fate.proof === undefined;
  return {
    method,
    queries: measured.length,
    ...facts,
    kinds: tallyFates(all.map(({ fate }) => fate)),
    splits: Object.fromEntries(
      [...Map.groupBy(measured, ({ split }) => split)].map(([split, own]) => [
        split,
        countFates(own.flatMap(({ fates }) => fates)),
      ]),
    ),
    contradictions: examples(
      (fate) => fate.proof !== undefined && (isCaught(fate) || fate.search === 'told-apart'),
      Infinity,
    ),
    missed: examples((fate) => isOpen(fate) && fate.search === 'told-apart', examplesPerKind),
    presumedEquivalent: examples(
      (fate) => isOpen(fate) && fate.search === 'never-told-apart',
      examplesPerKind,
    ),
  };
}

const headings = [
  'kind, or split',
  'mutants',
  'caught, shipped rows',
  'caught, with generated rows',
  'proven equivalent',
  'missed',
  'presumed equivalent',
  'of all',
  'of not proven equivalent',
  'of known different',
];

/** The table by kind in Markdown. */
export function formatMutantTable({ kinds, splits }: MutationReport): string {
  const rule = headings.map((_, index) => (index === 0 ? '---' : '---:'));
  const rows = [
    ...[...mutantKinds, 'all' as const].map((kind) => formatLine(kind, kinds[kind])),
    ...Object.entries(splits).map(([split, line]) => formatLine(split, line)),
  ];
  return [headings, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function formatLine(kind: string, line: KindLine): string[] {
  const { scores, provenEquivalent } = line;
  return [
    kind,
    String(line.mutants),
    `${line.caughtOnShipped} (${percent(scores.shippedOfAll)})`,
    String(line.caught),
    String(provenEquivalent.byPlan + provenEquivalent.byRules),
    String(line.missed),
    String(line.presumedEquivalent + line.notSearched),
    percent(scores.ofAll),
    percent(scores.ofNotProvenEquivalent),
    percent(scores.ofKnownDifferent),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
