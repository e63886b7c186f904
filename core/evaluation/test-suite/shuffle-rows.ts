import { makeRandom } from './random.ts';
import {
  uniqueSetsOf,
  type SuiteKey,
  type SuiteSource,
  type SuiteTable,
  type TextRow,
} from './suite-schema.ts';
import type { GeneratedRows } from '../../contract/index.ts';

/** Rows of a table at most, by the number of the filling: small contents part queries that large ones do not. */
const sizes = [12, 30, 6, 40, 20, 60] as const;

type Cells = Map<string, string | null>;

interface Filling {
  source: SuiteSource;
  number: number;
  random: () => number;
  rows: Map<string, Cells[]>;
}

/**
 * One filling of a whole database, made of its shipped rows as the fuzzer of Zhong et al. (2020, "Semantic Evaluation
 * for Text-to-SQL with Distilled Test Suites") makes its own: odd ones hold some of the shipped rows, even ones rows
 * whose values come from different shipped rows each. Foreign keys are drawn anew among the rows that are there, so
 * that parents have no, one or many children; primary keys, unique keys and NOT NULL hold. The same source, number
 * and seed give the same rows.
 * @param number from 1
 */
export function shuffleRows(source: SuiteSource, number: number, seed: number): GeneratedRows {
  const random = makeRandom(seed * 1_000 + number);
  const filling: Filling = { source, number, random, rows: new Map() };
  const ordered = orderByKeys(source.tables);
  for (const table of ordered) filling.rows.set(table.name, drawTable(table, filling));
  for (const table of ordered) drawForeignKeys(table, filling);
  const tables = ordered.map((table) => {
    const columns = table.columns.map((column) => column.name);
    const rows = (filling.rows.get(table.name) ?? []).map((row) =>
      columns.map((name) => row.get(name) ?? null),
    );
    return { table: table.name, columns, rows };
  });
  return { kind: `shuffled-${number}`, tables };
}

/** A table comes after those whose rows are part of its own keys, unless they refer to each other in a circle. */
function orderByKeys(tables: readonly SuiteTable[]): SuiteTable[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const ordered = new Set<SuiteTable>();
  const visiting = new Set<SuiteTable>();
  const visit = (table: SuiteTable) => {
    if (ordered.has(table) || visiting.has(table)) return;
    visiting.add(table);
    for (const key of keysInside(table, tables)) {
      const target = byName.get(key.targetTable);
      if (target !== undefined) visit(target);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}

/** Foreign keys with a column in a key of the table's own, as a table between two others has them. */
function keysInside(table: SuiteTable, tables: readonly SuiteTable[]): SuiteKey[] {
  const own = new Set(uniqueSetsOf(table, tables).flat());
  return usableKeys(table, tables).filter((key) => key.columns.some((name) => own.has(name)));
}

/** Those that PostgreSQL enforces, and others whose sides are of one type. */
function usableKeys(table: SuiteTable, tables: readonly SuiteTable[]): SuiteKey[] {
  const typeOf = (each: SuiteTable | undefined, name: string) =>
    each?.columns.find((column) => column.name === name)?.type;
  return table.foreignKeys.filter((key) => {
    const target = tables.find((each) => each.name === key.targetTable);
    return (
      key.columns.length === key.targetColumns.length &&
      key.columns.every((name, index) => {
        const type = typeOf(table, name);
        const other = typeOf(target, key.targetColumns[index] ?? '');
        return type !== undefined && other !== undefined && (key.declared || type === other);
      })
    );
  });
}

function drawTable(table: SuiteTable, filling: Filling): Cells[] {
  const { source, number, random } = filling;
  const shipped = source.shipped.get(table.name) ?? [];
  const unique = uniqueSetsOf(table, source.tables).map((columns) => ({ columns, seen: new Set<string>() }));
  const inside = keysInside(table, source.tables);
  const counted = number > 1 ? countedKeys(table, unique, shipped) : [];
  const mixed = number % 2 === 0 ? mixedColumns(table, source.tables) : [];
  const kept: Cells[] = [];
  const drawn = shuffle(shipped, random);
  const wanted = drawn.length === 0 ? 0 : (sizes[(number - 1) % sizes.length] ?? 12);
  // Keys that repeat are left out, so more rows are tried than are wanted.
  for (let turn = 0; turn < wanted * 3 && kept.length < wanted; turn += 1) {
    const cells = toCells(table, drawn[turn % drawn.length] ?? []);
    if (turn >= drawn.length) for (const { name, next } of counted) cells.set(name, String(next + turn));
    for (const name of mixed) cells.set(name, cellOf(table, name, pick(shipped, random) ?? []));
    for (const key of inside) drawParent(cells, key, table, { ...filling, own: kept });
    if (isFree(cells, unique)) kept.push(cells);
  }
  return kept;
}

/** Keys of one whole number each: beyond the shipped rows they go on counting. */
function countedKeys(
  table: SuiteTable,
  unique: { columns: string[] }[],
  shipped: readonly TextRow[],
): { name: string; next: number }[] {
  const foreign = new Set(table.foreignKeys.flatMap((key) => key.columns));
  return unique.flatMap(({ columns: [name = '', ...others] }) => {
    const type = table.columns.find((column) => column.name === name)?.type ?? '';
    if (others.length > 0 || foreign.has(name) || !/^(integer|bigint)$/.test(type)) return [];
    return [{ name, next: 1 + Math.max(...shipped.map((row) => Number(cellOf(table, name, row) ?? 0))) }];
  });
}

/** Columns of no key. */
function mixedColumns(table: SuiteTable, tables: readonly SuiteTable[]): string[] {
  const keys = new Set([
    ...uniqueSetsOf(table, tables).flat(),
    ...table.foreignKeys.flatMap((key) => key.columns),
  ]);
  return table.columns.map((column) => column.name).filter((name) => !keys.has(name));
}

function toCells(table: SuiteTable, row: TextRow): Cells {
  return new Map(table.columns.map((column, index) => [column.name, row[index] ?? null]));
}

function cellOf(table: SuiteTable, name: string, row: TextRow): string | null {
  return row[table.columns.findIndex((column) => column.name === name)] ?? null;
}

function isFree(cells: Cells, unique: { columns: string[]; seen: Set<string> }[]): boolean {
  const places = unique.map(({ columns }) => {
    const values = columns.map((name) => cells.get(name) ?? null);
    return values.includes(null) ? undefined : JSON.stringify(values);
  });
  if (places.some((place, index) => place !== undefined && unique[index]?.seen.has(place))) return false;
  for (const [index, place] of places.entries()) if (place !== undefined) unique[index]?.seen.add(place);
  return true;
}

/** Foreign keys outside the table's own keys: by now all rows are there. */
function drawForeignKeys(table: SuiteTable, filling: Filling): void {
  const { tables } = filling.source;
  const inside = new Set(keysInside(table, tables));
  const rows = filling.rows.get(table.name) ?? [];
  for (const key of usableKeys(table, tables)) {
    if (inside.has(key)) continue;
    for (const cells of rows) drawParent(cells, key, table, { ...filling, own: rows });
  }
}

/** A row that names no parent goes on naming none. Where there is no parent, NULL, if it may. */
function drawParent(
  cells: Cells,
  key: SuiteKey,
  table: SuiteTable,
  { rows, own, random, number }: Filling & { own: Cells[] },
): void {
  if (key.columns.some((name) => cells.get(name) === null)) return;
  const parents = key.targetTable === table.name ? own : (rows.get(key.targetTable) ?? []);
  const usable = parents.filter((parent) => key.targetColumns.every((name) => parent.get(name) !== null));
  // Squared, the first parents get most of the children, and the last ones none.
  const place = number % 3 === 0 ? random() ** 2 : random();
  const parent = usable[Math.floor(place * usable.length)];
  for (const [index, name] of key.columns.entries()) {
    const isNullable = table.columns.find((column) => column.name === name)?.notNull === false;
    if (parent !== undefined) cells.set(name, parent.get(key.targetColumns[index] ?? '') ?? null);
    else if (isNullable) cells.set(name, null);
    else if (key.targetTable === table.name)
      cells.set(name, cells.get(key.targetColumns[index] ?? '') ?? null);
  }
}

function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}

/** Fisher and Yates. */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  for (let index = left.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [left[index], left[other]] = [left[other] as T, left[index] as T];
  }
  return left;
}
