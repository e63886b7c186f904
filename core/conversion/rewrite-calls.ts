import { AppError } from '../contract/errors.ts';
import { callNode, castNode, constantNumber, functionName, textConstant } from './ast.ts';
import { conjunctionOf, integerConstant, isNotNull } from './ast-build.ts';
import { truthAsNumber } from './rewrite-compare.ts';
import { dateCalls } from './rewrite-dates.ts';
import { toNumber } from './rewrite-numbers.ts';
import { fixBranches, toTruth } from './rewrite-truth.ts';
import { resolveNode } from './rewrite-scope.ts';
import { isDouble, typeOf } from './rewrite-types.ts';
import type { Node } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/** What becomes of one call: its arguments are rewritten already. Undefined leaves the call as it is. */
export type CallRule = (args: Node[], scope: Scope, call: Node) => Node | undefined;

/** Functions that SQLite has and PostgreSQL has not, without a plain form: refused with their name. */
const withoutForm = new Set(
  (
    'typeof hex quote randomblob zeroblob changes total_changes last_insert_rowid sqlite_version likelihood likely ' +
    'unlikely glob like soundex unixepoch json json_extract json_each printf format'
  ).split(' '),
);

const rules: Record<string, CallRule> = {
  ifnull: (args, scope) => branches({ CoalesceExpr: { args } }, scope),
  iif: (args, scope) => conditional(args, scope),
  if: (args, scope) => conditional(args, scope),
  substr: (args, scope) => cutText('substr', args, scope),
  substring: (args, scope) => cutText('substr', args, scope),
  length: (args, scope) => rename('length', asTexts(args, scope)),
  instr: (args, scope) => rename('strpos', asTexts(args, scope)),
  lower: (args, scope) => rename('lower', asTexts(args, scope)),
  upper: (args, scope) => rename('upper', asTexts(args, scope)),
  replace: (args, scope) => rename('replace', asTexts(args, scope)),
  char: (args) => (args.length === 1 ? rename('chr', args) : undefined),
  unicode: (args) => rename('ascii', args),
  round: (args, scope) => roundNumber(args, scope),
  max: (args, scope) => greatest('IS_GREATEST', args, scope),
  min: (args, scope) => greatest('IS_LEAST', args, scope),
  sum: (args, scope, call) => overNumbers(args, scope, call),
  avg: (args, scope, call) => overNumbers(args, scope, call),
  total: (args, scope, call) => totalOf(args, scope, call),
  group_concat: (args, scope, call) => joinTexts(args, scope, call),
  ...dateCalls,
};

/** Gives a call the name, the types and the form that PostgreSQL has for it. */
export function fixCall(node: Node, scope: Scope): Node {
  if (!('FuncCall' in node)) return node;
  const name = functionName(node) ?? '';
  if (node.FuncCall.agg_filter !== undefined) {
    node.FuncCall.agg_filter = toTruth(node.FuncCall.agg_filter, scope);
  }
  if (withoutForm.has(name)) {
    throw new AppError('SQL_SYNTAX', `SQLite's function ${name} has no plain form in PostgreSQL.`, {
      hint: 'Write the query without it, or correct this example by hand.',
    });
  }
  if (node.FuncCall.funcformat === 'COERCE_SQL_SYNTAX') return node;
  // PostgreSQL folds names, but a printed name keeps its case.
  const last = node.FuncCall.funcname?.at(-1);
  if (last !== undefined && 'String' in last) last.String.sval = name;
  return (
    (Object.hasOwn(rules, name) ? rules[name]?.(node.FuncCall.args ?? [], scope, node) : undefined) ?? node
  );
}

function rename(name: string, args: Node[]): Node {
  return callNode(name, ...args);
}

function branches(node: Node, scope: Scope): Node {
  fixBranches(node, scope);
  return node;
}

function conditional([condition, yes, no]: Node[], scope: Scope): Node | undefined {
  if (condition === undefined || yes === undefined) return undefined;
  const when: Node = { CaseWhen: { expr: condition, result: yes } };
  return branches({ CaseExpr: { args: [when], ...(no && { defresult: no }) } }, scope);
}

function asTexts(args: Node[], scope: Scope): Node[] {
  return args.map((arg) => {
    const type = typeOf(arg, scope);
    const number = constantNumber(arg);
    if (number !== undefined) return textConstant(number);
    return type === undefined || type === 'text' ? arg : castNode(arg, 'text');
  });
}

/** A negative start counts from the end. */
function cutText(name: string, [text, start, length]: Node[], scope: Scope): Node | undefined {
  if (text === undefined || start === undefined) return undefined;
  const [cut] = asTexts([text], scope);
  const from = Number(constantNumber(start) ?? 1);
  if (cut === undefined) return undefined;
  if (from >= 0) return callNode(name, ...[cut, start, length].filter((each) => each !== undefined));
  const right = callNode('right', cut, integerConstant(-from));
  return length === undefined ? right : callNode('left', right, length);
}

/** PostgreSQL rounds a double to even, and to no number of digits. */
function roundNumber([number, digits]: Node[], scope: Scope): Node | undefined {
  if (number === undefined) return undefined;
  const value = toNumber(number, scope);
  const exact = isDouble(value, scope) ? castNode(value, 'numeric') : value;
  return callNode('round', ...[exact, digits].filter((each) => each !== undefined));
}

/** With several arguments SQLite's min and max are no aggregates. */
function greatest(op: 'IS_GREATEST' | 'IS_LEAST', args: Node[], scope: Scope): Node | undefined {
  if (args.length < 2) return undefined;
  const result = branches({ MinMaxExpr: { op, args } }, scope);
  // SQLite gives NULL where one argument is NULL; PostgreSQL leaves it out.
  const nullable = args
    .filter((arg) => resolveNode(arg, scope)?.column.hasNulls === true)
    .map((arg) => isNotNull(structuredClone(arg)));
  const condition = conjunctionOf(nullable);
  return condition === undefined
    ? result
    : { CaseExpr: { args: [{ CaseWhen: { expr: condition, result } }] } };
}

function overNumbers(args: Node[], scope: Scope, call: Node): Node {
  if ('FuncCall' in call) call.FuncCall.args = args.map((arg) => toNumber(truthAsNumber(arg, scope), scope));
  return call;
}

function totalOf(args: Node[], scope: Scope, call: Node): Node {
  const sum = overNumbers(args, scope, call);
  if ('FuncCall' in sum) sum.FuncCall.funcname = [{ String: { sval: 'sum' } }];
  return { CoalesceExpr: { args: [sum, integerConstant(0)] } };
}

function joinTexts([value, separator]: Node[], scope: Scope, call: Node): Node | undefined {
  if (value === undefined || !('FuncCall' in call)) return undefined;
  call.FuncCall.funcname = [{ String: { sval: 'string_agg' } }];
  call.FuncCall.args = [...asTexts([value], scope), separator ?? textConstant(',')];
  return call;
}
