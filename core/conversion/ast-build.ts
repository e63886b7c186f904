import type { BoolExpr, Node } from 'libpg-query';

/** Builders of PostgreSQL's parse tree for expressions that a rewritten query needs anew. */

export function operatorNode(operator: string, left: Node, right: Node): Node {
  return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: operator } }], lexpr: left, rexpr: right } };
}

export function logicNode(kind: NonNullable<BoolExpr['boolop']>, ...args: Node[]): Node {
  return { BoolExpr: { boolop: kind, args } };
}

/** `left AND right AND …`; the one condition where there is one. */
export function conjunctionOf(conditions: Node[]): Node | undefined {
  return conditions.length > 1 ? logicNode('AND_EXPR', ...conditions) : conditions[0];
}

export function isNotNull(node: Node): Node {
  return { NullTest: { arg: node, nulltesttype: 'IS_NOT_NULL' } };
}

export function truthConstant(value: boolean): Node {
  return { A_Const: { boolval: value ? { boolval: true } : {} } };
}

/** PostgreSQL's tree leaves out a zero. */
export function integerConstant(value: number): Node {
  return { A_Const: { ival: value === 0 ? {} : { ival: value } } };
}

/** A call that is printed in SQL's own syntax: `EXTRACT(YEAR FROM x)`, `SUBSTRING(x FROM 'pattern')`. */
export function sqlCall(name: string, ...args: Node[]): Node {
  return {
    FuncCall: {
      funcname: [{ String: { sval: 'pg_catalog' } }, { String: { sval: name } }],
      args,
      funcformat: 'COERCE_SQL_SYNTAX',
    },
  };
}

/** The ANDed parts of a condition. */
export function conjunctsOf(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') {
    return (node.BoolExpr.args ?? []).flatMap(conjunctsOf);
  }
  return [node];
}
