import { castNode } from './ast.ts';
import { leftmost } from './rewrite-scope.ts';
import { outputTypes, typeOf } from './rewrite-types.ts';
import type { Node, SelectStmt, SetOperation } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/**
 * SQLite evaluates set operations from left to right; PostgreSQL takes INTERSECT first. SQLite's grammar knows no
 * parentheses there, so the order of the text is the order meant.
 */
export function orderSetOperations(select: SelectStmt): void {
  const operands: SelectStmt[] = [];
  const operators: { op?: SetOperation | undefined; all?: boolean | undefined }[] = [];
  if (select.rarg?.larg === undefined) return;
  flatten(select, operands, operators);
  const [first, ...rest] = operands;
  if (first === undefined) return;
  const last = rest.pop();
  let left = first;
  for (const [index, operand] of rest.entries())
    left = { ...operators[index], larg: left, rarg: operand } as SelectStmt;
  Object.assign(select, operators.at(-1), { larg: left, rarg: last });
  if (operators.at(-1)?.all === undefined) delete select.all;
}

function flatten(
  select: SelectStmt,
  operands: SelectStmt[],
  operators: { op?: SetOperation | undefined; all?: boolean | undefined }[],
): void {
  if (select.larg === undefined || select.rarg === undefined) {
    operands.push(select);
    return;
  }
  flatten(select.larg, operands, operators);
  operators.push({ op: select.op, ...(select.all === true && { all: true }) });
  flatten(select.rarg, operands, operators);
}

/** `x IN (SELECT …)` compares texts where the types differ. */
export function fixInSubquery(node: Node, scope: Scope): void {
  if (!('SubLink' in node) || node.SubLink.subLinkType !== 'ANY_SUBLINK') return;
  const subselect = node.SubLink.subselect;
  if (subselect === undefined || !('SelectStmt' in subselect)) return;
  const test = typeOf(node.SubLink.testexpr, scope);
  const inner = outputTypes(subselect.SelectStmt)[0]?.type;
  if (test === undefined || inner === undefined || test === inner) return;
  if (test !== 'text' && node.SubLink.testexpr !== undefined)
    node.SubLink.testexpr = castNode(node.SubLink.testexpr, 'text');
  if (inner !== 'text') castTarget(subselect.SelectStmt, 0);
}

/** Both sides of a set operation need one type in each column. */
export function matchSetOperation(select: SelectStmt): void {
  if (select.larg === undefined || select.rarg === undefined) return;
  const left = outputTypes(select.larg);
  const right = outputTypes(select.rarg);
  for (const [index, column] of left.entries()) {
    const other = right[index];
    if (column.type === undefined || other?.type === undefined || column.type === other.type) continue;
    if (column.type !== 'text') castTarget(select.larg, index);
    if (other.type !== 'text') castTarget(select.rarg, index);
  }
}

/** Makes one output of a SELECT, or of all its operands, a text. */
export function castTarget(select: SelectStmt, index: number): void {
  if (select.larg !== undefined && select.rarg !== undefined) {
    castTarget(select.larg, index);
    castTarget(select.rarg, index);
    return;
  }
  const target = leftmost(select).targetList?.[index];
  if (target !== undefined && 'ResTarget' in target && target.ResTarget.val !== undefined) {
    target.ResTarget.val = castNode(target.ResTarget.val, 'text');
  }
}
