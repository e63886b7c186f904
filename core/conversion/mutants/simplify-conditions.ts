import { constantNumber, constantText, functionName, operatorOf } from '../ast.ts';
import { listConjuncts } from './select-facts.ts';
import { listSlots } from './walk-tree.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { SelectFacts } from './select-facts.ts';

/** Conditions that are settled before any row is seen; PostgreSQL's planner then settles what is built of them. */
export function simplifyConditions(select: SelectStmt, facts: SelectFacts): void {
  if (listConjuncts(select.whereClause).some((part) => readsNumberAsWord(part, facts) === '=')) {
    select.whereClause = truth(false);
  }
  for (const { node } of listSlots(select)) {
    if (readsNumberAsWord(node, facts) !== undefined) sayAnyWord(node);
  }
  const { groupClause, havingClause } = select;
  if (groupClause === undefined || havingClause === undefined) return;
  const holder = { havingClause };
  for (const slot of listSlots(holder)) {
    const settled = settleCount(slot.node);
    if (settled !== undefined) slot.put(truth(settled));
  }
  select.havingClause = holder.havingClause;
}

function truth(value: boolean): Node {
  return { A_Const: { boolval: value ? { boolval: true } : {} } };
}

/** The operator of `number::text = 'word'` or `<>`: no number or date reads like that, whatever the word. */
function readsNumberAsWord(node: Node, facts: SelectFacts): '=' | '<>' | undefined {
  const name = operatorOf(node);
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP' || (name !== '=' && name !== '<>'))
    return undefined;
  const { lexpr, rexpr } = node.A_Expr;
  const word = constantText(rexpr);
  if (word === undefined || lexpr === undefined || !('TypeCast' in lexpr)) return undefined;
  const target = lexpr.TypeCast.typeName?.names?.at(-1);
  const found = facts.resolve(lexpr.TypeCast.arg);
  const type = found?.table.columns.find((column) => column.name === found.column)?.type ?? 'text';
  const isDate = /^(date|timestamp)/.test(type);
  const isNumber = /^(integer|bigint|numeric|double precision)$/.test(type);
  const isText = target !== undefined && 'String' in target && target.String.sval === 'text';
  const isWord =
    (isNumber && !/^[-+.\deE]*$|^[-+]?(nan|inf)/i.test(word)) || (isDate && !/\d|inf/i.test(word));
  return isText && isWord ? name : undefined;
}

function sayAnyWord(node: Node): void {
  if ('A_Expr' in node) node.A_Expr.rexpr = { A_Const: { sval: { sval: 'word' } } };
}

/** `count(*)` of a group is at least 1. */
function settleCount(node: Node): boolean | undefined {
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP') return undefined;
  const { lexpr, rexpr } = node.A_Expr;
  const isCount = lexpr !== undefined && 'FuncCall' in lexpr && functionName(lexpr) === 'count';
  if (!isCount || lexpr.FuncCall.agg_star !== true) return undefined;
  const limit = Number(constantNumber(rexpr) ?? Number.NaN);
  const operator = operatorOf(node) ?? '';
  if ((operator === '>=' && limit <= 1) || (/^(>|<>)$/.test(operator) && limit <= 0)) return true;
  if ((operator === '<' && limit <= 1) || (/^(<=|=)$/.test(operator) && limit <= 0)) return false;
  return undefined;
}
