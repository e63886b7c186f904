import { columnFields, constantNumber, constantText, functionName, isAggregate, operatorOf } from '../ast.ts';
import type { Node } from 'libpg-query';
import type { Cell } from './draft-row.ts';
import type { Block, Check, ColumnTerm, Output, Source } from './query-model.ts';

/** The FROM clause around an expression, and those around its query. */
export interface ReadScope {
  sources: Source[];
  /** Names that the SELECT list gives, for ORDER BY and HAVING. */
  named: Map<string, Node>;
  parent?: ReadScope | undefined;
  /** Gets `table.column` of each text that is read as a number. */
  numberTexts: Set<string>;
}

export interface ReadTerm {
  term: ColumnTerm;
  as: Check['as'];
}

/** The column that an expression is, seen through casts and through what the conversion wraps around texts. */
export function readTerm(node: Node | undefined, scope: ReadScope): ReadTerm | undefined {
  if (node === undefined) return undefined;
  if ('ColumnRef' in node) {
    const term = findTerm(columnFields(node.ColumnRef), scope);
    return term === undefined ? undefined : { term, as: undefined };
  }
  if ('TypeCast' in node) {
    const inner = readTerm(node.TypeCast.arg, scope);
    const name = node.TypeCast.typeName?.names?.at(-1);
    const isText = name !== undefined && 'String' in name && name.String.sval === 'text';
    if (inner === undefined) return undefined;
    if (!isText) scope.numberTexts.add(`${inner.term.source.table?.name ?? ''}.${inner.term.column}`);
    return { ...inner, as: isText ? 'text' : 'number' };
  }
  if ('CoalesceExpr' in node) return readTerm(node.CoalesceExpr.args?.[0], scope);
  // '0' || substring(x …)
  if ('A_Expr' in node && operatorOf(node) === '||') return readTerm(node.A_Expr.rexpr, scope);
  if ('FuncCall' in node && ['substring', 'left', 'lower', 'upper'].includes(functionName(node) ?? '')) {
    return readTerm(node.FuncCall.args?.[0], scope);
  }
  return undefined;
}

function findTerm(fields: string[], scope: ReadScope): ColumnTerm | undefined {
  const column = fields.at(-1) ?? '';
  const alias = fields.length > 1 ? fields.at(-2) : undefined;
  for (const source of scope.sources) {
    if (alias !== undefined && source.alias !== alias) continue;
    if (source.table?.columns.some((each) => each.name === column) === true) return { source, column };
    const inner = source.block === undefined ? undefined : outputNamed(source.block, column);
    if (inner !== undefined) return inner;
  }
  return scope.parent === undefined ? undefined : findTerm(fields, scope.parent);
}

function outputNamed(block: Block, name: string): ColumnTerm | undefined {
  const base = block.set === undefined ? block : block.set.left;
  return base.outputs.find((output) => output.name === name && output.aggregate === undefined)?.term;
}

/** A literal: numbers as numbers, all else as text. */
export function readConstant(node: Node | undefined): Cell | undefined {
  const number = constantNumber(node);
  if (number !== undefined) return Number(number);
  if (node !== undefined && 'TypeCast' in node) return readConstant(node.TypeCast.arg);
  return constantText(node);
}

/** `count(*)`, `max(x)`: the aggregate's name and the column inside. */
export function readAggregate(node: Node | undefined, scope: ReadScope): Output | undefined {
  if (node === undefined) return undefined;
  if ('A_Indirection' in node) return readAggregate(node.A_Indirection.arg, scope);
  if ('TypeCast' in node) return readAggregate(node.TypeCast.arg, scope);
  if (!isAggregate(node) || !('FuncCall' in node)) return undefined;
  const argument = node.FuncCall.args?.[0];
  const inner = argument === undefined ? undefined : findColumnIn(argument, scope);
  const name = functionName(node) ?? '';
  return { name, aggregate: name, isDistinct: node.FuncCall.agg_distinct === true, term: inner?.term };
}

/** The first column anywhere inside, for expressions of several. */
export function findColumnIn(node: Node, scope: ReadScope): ReadTerm | undefined {
  const whole = readTerm(node, scope);
  if (whole !== undefined || 'SubLink' in node) return whole;
  for (const inner of childrenOf(node)) {
    const found = findColumnIn(inner, scope);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function childrenOf(node: Node): Node[] {
  return Object.values(node as unknown as Record<string, Record<string, unknown>>).flatMap((fields) =>
    Object.values(fields).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isNode)),
  );
}

function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null) return false;
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && /^[A-Z]/.test(key);
}

/** Reads every column inside, so that the scope learns which texts count as numbers. */
export function noteNumberTexts(node: Node | undefined, scope: ReadScope): void {
  if (node === undefined || 'SubLink' in node) return;
  readTerm(node, scope);
  for (const inner of childrenOf(node)) noteNumberTexts(inner, scope);
}
