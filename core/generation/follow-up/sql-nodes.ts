import { deparse } from 'pgsql-deparser';
import { parseStatements, type AstNode, type AstValue } from '../../sql/index.ts';

/** PostgreSQL's parse tree of one SELECT, as libpg-query prints it. */
export type SelectNode = AstNode;

export function isNode(value: AstValue | undefined): value is AstNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(node: AstNode, key: string): AstNode[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The fields of `{ Tag: fields }`, where the tag is that one. */
export function fieldsOf(node: AstValue | undefined, tag: string): AstNode | undefined {
  const fields = isNode(node) ? node[tag] : undefined;
  return isNode(fields) ? fields : undefined;
}

/** @throws AppError SQL_SYNTAX */
export async function parseSelect(sql: string): Promise<SelectNode | undefined> {
  const statements = await parseStatements(sql);
  return statements.length === 1 ? fieldsOf(statements[0]?.node, 'SelectStmt') : undefined;
}

export async function parseExpression(text: string): Promise<AstNode> {
  const select = await parseSelect(`SELECT ${text}`);
  const [target] = listOf(select ?? {}, 'targetList');
  const value = fieldsOf(target, 'ResTarget')?.['val'];
  if (!isNode(value)) throw new Error(`${text} is no expression.`);
  return value;
}

export async function parseTarget(text: string): Promise<AstNode> {
  const [target] = listOf((await parseSelect(`SELECT ${text}`)) ?? {}, 'targetList');
  if (!target) throw new Error(`${text} is no target.`);
  return target;
}

/** The statement's text; undefined where the printer does not print what it was given. */
export async function printSelect(select: SelectNode): Promise<string | undefined> {
  const node = { SelectStmt: select };
  try {
    const text = await deparse(node as Parameters<typeof deparse>[0], { pretty: true });
    const [again] = await parseStatements(text);
    return again && describeTree(node) === describeTree(again.node) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** A tree without the places in the text that it came from, its fields in one order. */
function describeTree(value: AstValue): string {
  if (Array.isArray(value)) return `[${value.map(describeTree).join()}]`;
  if (!isNode(value)) return JSON.stringify(value);
  const fields = Object.entries(value).filter(
    ([key, child]) => !(/location$/.test(key) && typeof child === 'number'),
  );
  return `{${fields
    .map(([key, child]) => `${key}:${describeTree(child)}`)
    .toSorted()
    .join()}}`;
}

/** Every node of a tree, itself included, parents before children. */
export function* walk(value: AstValue | undefined): Generator<AstNode> {
  if (Array.isArray(value)) for (const item of value) yield* walk(item);
  else if (isNode(value)) {
    yield value;
    for (const child of Object.values(value)) yield* walk(child);
  }
}

const aggregateFunctions = new Set(['count', 'sum', 'avg', 'min', 'max']);

/** The aggregate that an expression is or holds. */
export function findAggregate(value: AstValue | undefined): string | undefined {
  for (const node of walk(value)) {
    const call = fieldsOf(node, 'FuncCall');
    const name = call && fieldsOf(listOf(call, 'funcname').at(-1), 'String')?.['sval'];
    if (typeof name === 'string' && aggregateFunctions.has(name)) return name;
  }
  return undefined;
}

/** The names of a column reference: `t.a` → t, a. Undefined for what is none, and for `*`. */
export function columnNames(value: AstValue | undefined): string[] | undefined {
  const reference = fieldsOf(value, 'ColumnRef');
  if (!reference) return undefined;
  const names = listOf(reference, 'fields').map((field) => fieldsOf(field, 'String')?.['sval']);
  return names.every((name) => typeof name === 'string') ? names : undefined;
}

export function targetValues(select: SelectNode): AstNode[] {
  return listOf(select, 'targetList').flatMap((target) => {
    const value = fieldsOf(target, 'ResTarget')?.['val'];
    return isNode(value) ? [value] : [];
  });
}

export function isAggregated(select: SelectNode): boolean {
  return targetValues(select).some((value) => findAggregate(value) !== undefined);
}
