import { callNode, castNode, constantText, functionName, numberConstant, textConstant } from './ast.ts';
import { sqlCall } from './ast-build.ts';
import { toNumber } from './rewrite-numbers.ts';
import { isDouble } from './rewrite-types.ts';
import { affinityOf } from './types.ts';
import type { Node } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/** CAST to the type that SQLite means by the name: https://www.sqlite.org/lang_expr.html#castexpr */
export function fixCast(node: Node, scope: Scope): Node {
  if (!('TypeCast' in node) || node.TypeCast.arg === undefined) return node;
  const { arg } = node.TypeCast;
  const affinity = affinityOf(nameOf(node));
  if (affinity === 'text') return castNode(arg, 'text');
  if (affinity === 'real') return castNode(toNumber(arg, scope), 'float8');
  if (affinity === 'integer') return toInteger(arg, scope);
  return constantText(arg) === undefined ? castNode(toNumber(arg, scope), 'numeric') : node;
}

function nameOf(node: Node): string {
  const last = 'TypeCast' in node ? node.TypeCast.typeName?.names?.at(-1) : undefined;
  const name = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
  return name.startsWith('float') ? 'real' : name === 'bpchar' ? 'char' : name;
}

/** SQLite cuts the fraction off, PostgreSQL rounds. A year comes from EXTRACT without a detour over its text. */
function toInteger(arg: Node, scope: Scope): Node {
  const part = partInside(arg);
  if (part !== undefined) return castNode(part, 'integer');
  const text = constantText(arg);
  if (text !== undefined) return numberConstant(/^\s*[-+]?\d+/.exec(text)?.[0] ?? '0');
  const number = toNumber(arg, scope, 'integer');
  if (isIntegerCast(number)) return number;
  const isFraction =
    isDouble(number, scope) || /numeric|avg/.test(JSON.stringify(number)) || isFractionConstant(arg);
  return castNode(isFraction ? callNode('trunc', number) : number, 'integer');
}

function isIntegerCast(node: Node): boolean {
  const last = 'TypeCast' in node ? node.TypeCast.typeName?.names?.at(-1) : undefined;
  return last !== undefined && 'String' in last && last.String.sval === 'integer';
}

function isFractionConstant(node: Node): boolean {
  return 'A_Const' in node && node.A_Const.fval !== undefined;
}

const parts: Record<string, string> = { YYYY: 'year', MM: 'month', DD: 'day', HH24: 'hour', MI: 'minute' };

/** `to_char(x, 'YYYY')` as `EXTRACT(YEAR FROM x)`. */
function partInside(node: Node): Node | undefined {
  if (functionName(node) !== 'to_char' || !('FuncCall' in node)) return undefined;
  const [date, format] = node.FuncCall.args ?? [];
  const part = parts[constantText(format) ?? ''];
  if (date === undefined || part === undefined) return undefined;
  return sqlCall('extract', textConstant(part), date);
}
