import { editSlot } from './mutant.ts';
import { listSlots } from './walk-tree.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { Edit } from './mutant.ts';

interface ConditionSlot {
  node: Node | undefined;
  put: (node: Node | undefined) => void;
}

/** Drops one part of WHERE, HAVING, or of an ON with several parts; a condition of one part goes as a whole. */
export function editConditions(select: SelectStmt): Edit[] {
  const where = { node: select.whereClause, put: (node?: Node) => void replace(select, 'whereClause', node) };
  const having = {
    node: select.havingClause,
    put: (node?: Node) => void replace(select, 'havingClause', node),
  };
  return [
    ...dropParts('WHERE', where, true),
    ...dropParts('HAVING', having, true),
    ...listSlots(select).flatMap(({ node }) => {
      if (!('JoinExpr' in node)) return [];
      const join = node.JoinExpr;
      return dropParts('ON', { node: join.quals, put: (quals) => void replace(join, 'quals', quals) }, false);
    }),
  ];
}

function replace<T extends object, K extends keyof T>(target: T, key: K, node: T[K] | undefined): void {
  if (node === undefined) Reflect.deleteProperty(target, key);
  else target[key] = node;
}

function dropParts(clause: string, slot: ConditionSlot, isWhole: boolean): Edit[] {
  const { node } = slot;
  if (node === undefined) return [];
  if (!('BoolExpr' in node) || node.BoolExpr.boolop === 'NOT_EXPR') {
    return isWhole ? [editSlot('condition-dropped', `${clause} dropped`, slot, undefined)] : [];
  }
  const { args = [], boolop } = node.BoolExpr;
  const word = boolop === 'AND_EXPR' ? 'AND' : 'OR';
  return args.flatMap((arg, index) => {
    const rest = args.filter((_, other) => other !== index);
    const left = rest.length === 1 ? rest[0] : { BoolExpr: { ...node.BoolExpr, args: rest } };
    const what = `${clause}: part ${index + 1} of ${args.length} with ${word} dropped`;
    const put = (part?: Node) => void (args[index] = part ?? arg);
    return [editSlot('condition-dropped', what, slot, left), ...dropParts(clause, { node: arg, put }, false)];
  });
}
