import type { A_Const, A_Expr, CaseExpr, Node, TypeName } from 'libpg-query';
import { deparseSync } from 'pgsql-deparser';
import { describeCall } from './describe-call.ts';
import { comparisons, describeCondition } from './describe-condition.ts';
import type { Words } from './writer.ts';

/** An expression as a noun. */
export function describe(node: Node, words: Words): string {
  if ('ColumnRef' in node) return describeColumn(node.ColumnRef.fields ?? []);
  if ('A_Const' in node) return describeConstant(node.A_Const);
  if ('FuncCall' in node) return describeCall(node.FuncCall, words);
  if ('TypeCast' in node) return describeCast(node.TypeCast.arg, node.TypeCast.typeName, words);
  if ('CaseExpr' in node) return describeCase(node.CaseExpr, words);
  if ('A_Expr' in node) return describeOperation(node.A_Expr, words);
  if ('CoalesceExpr' in node) return `the first of ${list(node.CoalesceExpr.args, words)} that is there`;
  if ('MinMaxExpr' in node) {
    const { op, args } = node.MinMaxExpr;
    return `the ${op === 'IS_LEAST' ? 'smallest' : 'largest'} of ${list(args, words)}`;
  }
  if ('SQLValueFunction' in node) return describeMoment(node.SQLValueFunction.op) ?? sqlOf(node);
  if ('SubLink' in node && node.SubLink.subLinkType === 'EXPR_SUBLINK') {
    const { subselect } = node.SubLink;
    if (subselect && 'SelectStmt' in subselect) return `the value of ${words.refer(subselect.SelectStmt)}`;
  }
  if ('A_ArrayExpr' in node) return `the list of ${list(node.A_ArrayExpr.elements, words)}`;
  if ('RowExpr' in node) return `(${list(node.RowExpr.args, words)})`;
  if (isCondition(node)) return `whether ${describeCondition(node, words)}`;
  return sqlOf(node);
}

function isCondition(node: Node): boolean {
  return 'BoolExpr' in node || 'NullTest' in node || 'BooleanTest' in node || 'SubLink' in node;
}

/** Its SQL, for what there are no words. */
export function sqlOf(node: Node): string {
  try {
    return `\`${deparseSync(node as Parameters<typeof deparseSync>[0])}\``;
  } catch {
    return 'an expression that there are no words for';
  }
}

function list(nodes: readonly Node[] | undefined, words: Words): string {
  return (nodes ?? []).map((node) => describe(node, words)).join(', ');
}

function describeColumn(fields: readonly Node[]): string {
  const names = fields.map((field) => ('String' in field ? (field.String.sval ?? '') : '*'));
  if (names.at(-1) !== '*') return names.join('.');
  return names.length === 1 ? 'all columns' : `all columns of ${names.slice(0, -1).join('.')}`;
}

function describeConstant(constant: A_Const): string {
  if (constant.isnull) return 'NULL';
  if (constant.sval) return `“${constant.sval.sval ?? ''}”`;
  if (constant.ival) return String(constant.ival.ival ?? 0);
  if (constant.fval) return constant.fval.fval ?? '0';
  if (constant.boolval) return constant.boolval.boolval ? 'true' : 'false';
  return sqlOf({ A_Const: constant });
}

export function constantText(node: Node | undefined): string | undefined {
  return node && 'A_Const' in node && node.A_Const.sval ? (node.A_Const.sval.sval ?? '') : undefined;
}

export function operatorOf(name: readonly Node[] | undefined): string {
  const last = name?.at(-1);
  return last && 'String' in last ? (last.String.sval ?? '') : '';
}

/** A text that is cast is that type's way to write a value: the date “2024-01-01”. */
function describeCast(arg: Node | undefined, type: TypeName | undefined, words: Words): string {
  if (!arg) return '';
  const names = (type?.names ?? []).flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
  const name = plainTypes[names.at(-1) ?? ''] ?? names.at(-1) ?? '';
  const text = constantText(arg);
  if (name === 'bool' && text !== undefined) return text === 't' ? 'true' : 'false';
  const many = type?.arrayBounds ? ' list' : '';
  return text === undefined ? `${describe(arg, words)} as ${name}${many}` : `${name}${many} “${text}”`;
}

const plainTypes: Record<string, string> = {
  int4: 'integer',
  int8: 'integer',
  int2: 'integer',
  float8: 'number',
  float4: 'number',
  numeric: 'number',
  bpchar: 'text',
  varchar: 'text',
  timestamptz: 'time',
  timestamp: 'time',
};

function describeCase({ arg, args = [], defresult }: CaseExpr, words: Words): string {
  const cases = args.flatMap((node) => {
    if (!('CaseWhen' in node)) return [];
    const { expr, result } = node.CaseWhen;
    if (!expr || !result) return [];
    const condition = arg
      ? `${describe(arg, words)} is ${describe(expr, words)}`
      : describeCondition(expr, words);
    return [`${describe(result, words)} if ${condition}`];
  });
  const rest = defresult ? describe(defresult, words) : 'NULL';
  return `${cases.join(', ')}, else ${rest}`;
}

const arithmetic = new Set(['+', '-', '*', '/', '%', '^']);

function describeOperation(expression: A_Expr, words: Words): string {
  const { lexpr, rexpr, kind } = expression;
  const operator = operatorOf(expression.name);
  if (kind === 'AEXPR_NULLIF' && lexpr && rexpr) {
    return `${describe(lexpr, words)} (NULL where it is ${describe(rexpr, words)})`;
  }
  if (kind === 'AEXPR_OP' && rexpr) {
    const right = operand(rexpr, words);
    if (!lexpr && operator === '-') return `−${right}`;
    if (lexpr && arithmetic.has(operator))
      return `${operand(lexpr, words)} ${signs[operator] ?? operator} ${right}`;
    if (lexpr && operator === '||') return `${operand(lexpr, words)} followed by ${right}`;
    if (!Object.hasOwn(comparisons, operator)) return sqlOf({ A_Expr: expression });
  }
  return `whether ${describeCondition({ A_Expr: expression }, words)}`;
}

const signs: Record<string, string> = { '*': '×', '-': '−', '/': '÷' };

function operand(node: Node, words: Words): string {
  const text = describe(node, words);
  return 'A_Expr' in node || 'CaseExpr' in node ? `(${text})` : text;
}

function describeMoment(operation: string | undefined): string | undefined {
  if (operation === 'SVFOP_CURRENT_DATE') return 'today';
  return operation === 'SVFOP_CURRENT_TIMESTAMP' || operation === 'SVFOP_LOCALTIMESTAMP' ? 'now' : undefined;
}
