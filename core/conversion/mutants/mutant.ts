import type { SelectStmt } from 'libpg-query';

/** What can be done to a query to make it wrong. Closed: a report has a line for each. */
export const mutantKinds = [
  'distinct-dropped',
  'comparison-flipped',
  'comparison-loosened',
  'join-outer',
  'join-lost',
  'aggregate-changed',
  'literal-changed',
  'literal-case',
  'condition-dropped',
  'set-operation-changed',
  'order-flipped',
  'limit-changed',
] as const;
export type MutantKind = (typeof mutantKinds)[number];

/** A query that differs from its original in one place. */
export interface Mutant {
  kind: MutantKind;
  sql: string;
  /** The change in a few words: `> → >=`. */
  what: string;
}

/** One change of a parse tree, made in place and taken back. */
export interface Edit {
  kind: MutantKind;
  what: string;
  /** Makes the change and returns what undoes it. */
  apply(): () => void;
}

/** Finds the changes of some kinds: in `select` itself, not in its subqueries, which are asked for on their own. */
export type FindEdits = (select: SelectStmt) => Edit[];

/** A change that puts other fields into a node; a field set to undefined is not printed. */
export function editFields<T extends object>(
  kind: MutantKind,
  what: string,
  target: T,
  fields: { [Key in keyof T]?: T[Key] | undefined },
): Edit {
  return {
    kind,
    what,
    apply: () => {
      const before = { ...target };
      Object.assign(target, fields);
      return () => {
        for (const key of Object.keys(fields)) Reflect.deleteProperty(target, key);
        Object.assign(target, before);
      };
    },
  };
}

/** A change that puts another node, or none, where one stands. */
export function editSlot<T>(
  kind: MutantKind,
  what: string,
  slot: { node: T; put: (node: T) => void },
  replacement: T,
): Edit {
  return {
    kind,
    what,
    apply: () => {
      slot.put(replacement);
      return () => slot.put(slot.node);
    },
  };
}
