import type { Caution, DatabaseSchema } from '../../contract/index.ts';
import { parseStatements, type AstNode, type AstValue } from '../../sql/index.ts';
import { readTables } from '../format/read-tables.ts';
import type { ChosenPair } from '../format/choose-pairs.ts';

/** A column's values as the stage convert samples them; only columns of text have some. */
export interface ColumnSamples {
  table: string;
  column: string;
  values: string[];
}

/**
 * Why an example may teach something odd though it is proven, from what the proof says and from how its SQL is written.
 * Columns are known by their names in the tables that the SQL reads; samples say whether a text column holds numbers.
 * @returns in the order of `cautionSchema`, each once
 * @throws AppError SQL_SYNTAX
 */
export async function findCautions(
  { pair, sql, override }: ChosenPair,
  schema: DatabaseSchema,
  samples: readonly ColumnSamples[],
): Promise<Caution[]> {
  // What was found out about the published pair is not said of a corrected SQL.
  const isAsProven = override?.sql === undefined;
  const { shipped, generated } = pair.informative;
  const columns = await describeColumns(sql, schema, samples);
  const [statement] = await parseStatements(sql);
  const tree = statement?.node ?? {};
  const has = (test: (node: AstNode) => boolean) => contains(tree, test);
  return [
    ...(isAsProven && !shipped && !generated ? ['vacuous' as const] : []),
    ...(isAsProven && pair.textsAsNull === true ? ['texts-as-null' as const] : []),
    ...(has(comparesCastColumn) ? ['cast-of-column' as const] : []),
    ...(has((node) => readsNumberInText(node, columns)) ? ['number-in-text' as const] : []),
    ...(has(addsUpYears) ? ['year-of-date' as const] : []),
  ];
}

interface Columns {
  isText(name: string): boolean;
  holdsNumbers(name: string): boolean;
}

async function describeColumns(
  sql: string,
  schema: DatabaseSchema,
  samples: readonly ColumnSamples[],
): Promise<Columns> {
  const read = new Set(await readTables(sql));
  const places = schema.tables
    .filter((table) => read.has(table.name))
    .flatMap((table) => table.columns.map(({ name, type }) => ({ table: table.name, name, type })));
  const valuesOf = (place: { table: string; name: string }) =>
    samples.find(({ table, column }) => table === place.table && column === place.name)?.values ?? [];
  const every = (name: string, test: (place: (typeof places)[number]) => boolean) => {
    const named = places.filter((place) => place.name === name);
    return named.length > 0 && named.every(test);
  };
  const isText = (name: string) => every(name, ({ type }) => /^(text|character)/.test(type));
  return {
    isText,
    holdsNumbers: (name) =>
      isText(name) && every(name, (place) => valuesOf(place).length > 0 && valuesOf(place).every(isNumber)),
  };
}

function isNumber(text: string): boolean {
  return /^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/.test(text);
}

/** `death_year::text = ''` */
function comparesCastColumn({ A_Expr }: AstNode): boolean {
  const { lexpr, rexpr } = (A_Expr ?? {}) as AstNode;
  const isCast = (side: AstValue | undefined) => {
    const { arg, typeName } = fieldsOf(side, 'TypeCast');
    return columnOf(arg) !== undefined && /^(text|varchar)$/.test(nameOf(fieldOf(typeName, 'names')));
  };
  const isText = (side: AstValue | undefined): boolean =>
    Array.isArray(side) ? side.some(isText) : fieldsOf(side, 'A_Const')['sval'] !== undefined;
  const list = fieldsOf(rexpr, 'List')['items'] ?? rexpr;
  return (isCast(lexpr) && isText(list)) || (isText(lexpr) && isCast(rexpr));
}

/** `max(age)`, `ORDER BY height`, `length < '3'` where texts are compared; `mpg::numeric` where they are read. */
function readsNumberInText({ A_Expr, FuncCall, SortBy, TypeCast }: AstNode, columns: Columns): boolean {
  const holds = (value: AstValue | undefined) => columns.holdsNumbers(columnOf(value) ?? '');
  const cast = (TypeCast ?? {}) as AstNode;
  if (/^(numeric|int[248]|float[48])$/.test(nameOf(fieldOf(cast['typeName'], 'names')))) {
    return contains(cast['arg'] ?? null, (node) => columns.isText(columnOf(node) ?? ''));
  }
  const { name, kind, lexpr, rexpr } = (A_Expr ?? {}) as AstNode;
  if (/^[<>]=?$/.test(nameOf(name)) || /BETWEEN/.test(textOf(kind))) return holds(lexpr) || holds(rexpr);
  const call = (FuncCall ?? {}) as AstNode;
  if (/^(min|max)$/.test(nameOf(call['funcname']))) return listOf(call['args']).some(holds);
  return holds(fieldOf(SortBy, 'node'));
}

/** `avg(EXTRACT(YEAR FROM printed))` */
function addsUpYears({ FuncCall }: AstNode): boolean {
  const { funcname, args } = (FuncCall ?? {}) as AstNode;
  if (!/^(avg|sum)$/.test(nameOf(funcname))) return false;
  return contains(args ?? null, (node) => {
    const inner = (node['FuncCall'] ?? {}) as AstNode;
    const field = fieldsOf(fieldOf(listOf(inner['args'])[0], 'A_Const'), 'sval')['sval'];
    return nameOf(inner['funcname']) === 'extract' && field === 'year';
  });
}

function contains(value: AstValue, test: (node: AstNode) => boolean): boolean {
  if (Array.isArray(value)) return value.some((each) => contains(each, test));
  if (typeof value !== 'object' || value === null) return false;
  return test(value) || Object.values(value).some((each) => contains(each, test));
}

/** The last part of a column's name. */
function columnOf(value: AstValue | undefined): string | undefined {
  return nameOf(fieldsOf(value, 'ColumnRef')['fields']) || undefined;
}

/** The last of several names: `pg_catalog.extract` is extract. */
function nameOf(names: AstValue | undefined): string {
  return textOf(fieldsOf(listOf(names).at(-1), 'String')['sval']);
}

function fieldOf(value: AstValue | undefined, name: string): AstValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
}

function fieldsOf(value: AstValue | undefined, tag: string): AstNode {
  const inner = fieldOf(value, tag);
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
}

function listOf(value: AstValue | undefined): AstValue[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: AstValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
