import { AppError, type DatabaseSchema, type Table, type TableScope } from '../contract/index.ts';
import { parseStatements, type AstNode, type AstValue } from '../sql/index.ts';
import { viewSchema } from '../sql/sketch/index.ts';
import type { ValueHint } from './find-hints.ts';

/** A table's full name, as a scope names it. */
export function tableNameOf({ namespace, name }: Pick<Table, 'namespace' | 'name'>): string {
  return `${namespace}.${name}`;
}

function isNamed(table: Table, names: ReadonlySet<string>): boolean {
  return names.has(tableNameOf(table)) || names.has(table.name);
}

/** The last one of each schema: what is made of a schema (its view, its index of names) lives as long as the object does. */
const narrowed = new WeakMap<DatabaseSchema, { key: string; schema: DatabaseSchema }>();

/** The schema without the tables that are left out, and without the keys into them. @throws INVALID_INPUT when none is left */
export function narrowSchema(schema: DatabaseSchema, { exclude = [] }: TableScope): DatabaseSchema {
  if (exclude.length === 0) return schema;
  const key = JSON.stringify(exclude);
  const known = narrowed.get(schema);
  if (known?.key === key) return known.schema;
  const made = leaveOut(schema, exclude);
  narrowed.set(schema, { key, schema: made });
  return made;
}

function leaveOut(schema: DatabaseSchema, exclude: readonly string[]): DatabaseSchema {
  const names = new Set(exclude);
  const tables = schema.tables.filter((table) => !isNamed(table, names));
  if (tables.length === 0) {
    throw new AppError('INVALID_INPUT', 'Every table of this database is left out.', {
      hint: 'Take at least one table in again, then ask again.',
    });
  }
  const kept = new Set(tables.map(tableNameOf));
  return {
    ...schema,
    tables: tables.map((table) => ({
      ...table,
      foreignKeys: table.foreignKeys.filter((key) => kept.has(`${key.targetNamespace}.${key.targetTable}`)),
    })),
  };
}

/** Hints of the tables that are left, by the words that these have now. */
export function narrowHints(
  whole: DatabaseSchema,
  narrowed: DatabaseSchema,
  hints: readonly ValueHint[],
): ValueHint[] {
  if (whole === narrowed) return [...hints];
  const before = viewSchema(whole);
  const words = new Map(viewSchema(narrowed).tables.map(({ table, word }) => [tableNameOf(table), word]));
  return hints.flatMap((hint) => {
    const table = before.tableByWord.get(hint.table)?.table;
    const word = table && words.get(tableNameOf(table));
    return word === undefined ? [] : [{ ...hint, table: word }];
  });
}

/** The view's words of the tables that shall come first. */
export function includedWords(schema: DatabaseSchema, { include = [] }: TableScope): string[] {
  if (include.length === 0) return [];
  const names = new Set(include);
  return viewSchema(schema).tables.flatMap(({ table, word }) => (isNamed(table, names) ? [word] : []));
}

/**
 * The left-out table that a statement names, if it names one. A name without a namespace is that of the first namespace
 * on the search path that has it. What a WITH calls by a table's name counts as the table.
 */
export async function findLeftOutTable(
  schema: DatabaseSchema,
  { exclude = [] }: TableScope,
  sql: string,
): Promise<string | undefined> {
  if (exclude.length === 0) return undefined;
  const names = new Set(exclude);
  const leftOut = new Set(schema.tables.filter((table) => isNamed(table, names)));
  const statements = await parseStatements(sql);
  for (const { name, namespace } of statements.flatMap(({ node }) => [...relationsOf(node)])) {
    const table = findTable(schema, name, namespace);
    if (table && leftOut.has(table)) return tableNameOf(table);
  }
  return undefined;
}

function findTable(schema: DatabaseSchema, name: string, namespace: string | undefined): Table | undefined {
  const called = schema.tables.filter((table) => table.name === name);
  if (namespace !== undefined) return called.find((table) => table.namespace === namespace);
  const place = (table: Table) => schema.searchPath.indexOf(table.namespace);
  return called.filter((table) => place(table) >= 0).toSorted((a, b) => place(a) - place(b))[0];
}

function* relationsOf(value: AstValue): Generator<{ name: string; namespace: string | undefined }> {
  if (Array.isArray(value)) for (const item of value) yield* relationsOf(item);
  else if (typeof value === 'object' && value !== null) {
    const range = value['RangeVar'] as AstNode | undefined;
    const name = range?.['relname'];
    const namespace = range?.['schemaname'];
    if (typeof name === 'string')
      yield { name, namespace: typeof namespace === 'string' ? namespace : undefined };
    for (const child of Object.values(value)) yield* relationsOf(child);
  }
}
