import { operatorOf } from '../ast.ts';
import { editFields, editSlot } from './mutant.ts';
import { listSlots } from './walk-tree.ts';
import type { A_Expr, Node, SelectStmt } from 'libpg-query';
import type { Edit } from './mutant.ts';
import type { Slot } from './walk-tree.ts';

const flips: Record<string, string> = {
  '=': '<>',
  '<>': '=',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
  '~~': '!~~',
  '!~~': '~~',
  '~~*': '!~~*',
  '!~~*': '~~*',
};
const loosenings: Record<string, string> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };

/** Flipped comparisons (also IN, LIKE, BETWEEN, EXISTS, IS NULL and their negations) and loosened ones. */
export function editComparisons(select: SelectStmt): Edit[] {
  const joinPairs = listJoinPairs(select);
  return listSlots(select).flatMap((slot) => {
    if (joinPairs.has(slot.node)) return [];
    if ('A_Expr' in slot.node) return editOperator(slot, slot.node.A_Expr);
    return editNegation(slot);
  });
}

/** `a.x = b.y` in ON: what a join loses has its own kinds. */
function listJoinPairs(select: SelectStmt): Set<Node> {
  const pairs = new Set<Node>();
  for (const { node } of listSlots(select)) {
    if (!('JoinExpr' in node)) continue;
    const { quals } = node.JoinExpr;
    const parts = quals !== undefined && 'BoolExpr' in quals ? (quals.BoolExpr.args ?? []) : [quals];
    for (const part of parts) if (part !== undefined && isColumnPair(part)) pairs.add(part);
  }
  return pairs;
}

function isColumnPair(node: Node): boolean {
  return (
    'A_Expr' in node &&
    operatorOf(node) === '=' &&
    [node.A_Expr.lexpr, node.A_Expr.rexpr].every((side) => side !== undefined && !('A_Const' in side))
  );
}

function editOperator(slot: Slot, expression: A_Expr): Edit[] {
  if (expression.kind === 'AEXPR_BETWEEN') return editBetween(slot, expression);
  const name = operatorOf(slot.node) ?? '';
  const edits: Edit[] = [];
  const flipped = flips[name];
  if (flipped !== undefined) edits.push(rename('comparison-flipped', expression, name, flipped));
  const loosened = loosenings[name];
  if (loosened !== undefined) edits.push(rename('comparison-loosened', expression, name, loosened));
  return edits;
}

function rename(
  kind: 'comparison-flipped' | 'comparison-loosened',
  expression: A_Expr,
  from: string,
  to: string,
) {
  return editFields(kind, `${spell(expression, from)} → ${spell(expression, to)}`, expression, {
    name: [{ String: { sval: to } }],
  });
}

function spell(expression: A_Expr, name: string): string {
  if (expression.kind === 'AEXPR_IN') return name === '=' ? 'IN' : 'NOT IN';
  if (!name.includes('~~')) return name;
  return `${name.startsWith('!') ? 'NOT ' : ''}${name.endsWith('*') ? 'ILIKE' : 'LIKE'}`;
}

function editBetween(slot: Slot, expression: A_Expr): Edit[] {
  const [low, high] =
    expression.rexpr !== undefined && 'List' in expression.rexpr ? (expression.rexpr.List.items ?? []) : [];
  const negated = editFields('comparison-flipped', 'BETWEEN → NOT BETWEEN', expression, {
    kind: 'AEXPR_NOT_BETWEEN',
    name: [{ String: { sval: 'NOT BETWEEN' } }],
  });
  const compare = (name: string, rexpr: Node | undefined): Node => ({
    A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: name } }], lexpr: expression.lexpr, rexpr },
  });
  const bounds = (lowest: string, highest: string): Node => ({
    BoolExpr: { boolop: 'AND_EXPR', args: [compare(lowest, low), compare(highest, high)] },
  });
  return [
    negated,
    editSlot<Node>('comparison-loosened', 'BETWEEN without its lower bound', slot, bounds('>', '<=')),
    editSlot<Node>('comparison-loosened', 'BETWEEN without its upper bound', slot, bounds('>=', '<')),
  ];
}

function editNegation(slot: Slot): Edit[] {
  const { node } = slot;
  if ('NullTest' in node) {
    const isNull = node.NullTest.nulltesttype === 'IS_NULL';
    const what = isNull ? 'IS NULL → IS NOT NULL' : 'IS NOT NULL → IS NULL';
    const nulltesttype = isNull ? 'IS_NOT_NULL' : 'IS_NULL';
    return [editFields('comparison-flipped', what, node.NullTest, { nulltesttype })];
  }
  const inner =
    'BoolExpr' in node && node.BoolExpr.boolop === 'NOT_EXPR' ? node.BoolExpr.args?.[0] : undefined;
  if (inner !== undefined) return [editSlot('comparison-flipped', 'NOT dropped', slot, inner)];
  const isTest = 'SubLink' in node && /^(ANY|EXISTS)_SUBLINK$/.test(node.SubLink.subLinkType ?? '');
  if (!isTest || (slot.parent !== undefined && isNot(slot.parent))) return [];
  const negated: Node = { BoolExpr: { boolop: 'NOT_EXPR', args: [node] } };
  return [editSlot('comparison-flipped', 'NOT added', slot, negated)];
}

function isNot(node: Node): boolean {
  return 'BoolExpr' in node && node.BoolExpr.boolop === 'NOT_EXPR';
}
