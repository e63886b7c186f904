import { isNullable, resolvableKeys, uniqueSets, type Cell } from '../filling/draft-row.ts';
import { makeRandom } from '../filling/fresh-values.ts';
import { isIsoDate, isIsoTimestamp, isNumericText } from '../types.ts';
import { readLiterals } from './read-literals.ts';
import type { GeneratedRows } from '../../contract/dataset.ts';
import type { LoadedColumn, LoadedTable } from '../load.ts';
import type { QueryLiterals } from './read-literals.ts';

/**
 * Small random contents for the tables of a query: few rows with two or three values a column, most of them the
 * query's own literals and their neighbours, so that rows meet, repeat and miss in every way; keys and declared
 * foreign keys hold. Two queries that differ mostly differ on some small content (the small-scope hypothesis of
 * D. Jackson's Alloy). Knows nothing of how the rows of the proof are made. The same seed gives the same rows.
 */
export function* makeSmallWorlds(sql: string, tables: LoadedTable[], count: number): Iterable<GeneratedRows> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const literals = readLiterals(sql);
  const ordered = orderByKeys(
    [...literals.tables].flatMap((name) => byName.get(name) ?? []),
    byName,
  );
  for (let seed = 1; seed <= count; seed += 1) yield makeWorld(ordered, byName, literals, seed);
}

/** With the tables that declared foreign keys lead to; a key's target comes before its table. */
function orderByKeys(used: LoadedTable[], byName: Map<string, LoadedTable>): LoadedTable[] {
  const ordered: LoadedTable[] = [];
  const seen = new Set<LoadedTable>();
  const visit = (table: LoadedTable) => {
    if (seen.has(table)) return;
    seen.add(table);
    for (const { target } of resolvableKeys(table, byName)) visit(target);
    ordered.push(table);
  };
  for (const table of used) visit(table);
  return ordered;
}

type Row = Map<string, Cell>;

interface World {
  byName: Map<string, LoadedTable>;
  literals: QueryLiterals;
  rows: Map<string, Row[]>;
  random: () => number;
}

function makeWorld(
  ordered: LoadedTable[],
  byName: Map<string, LoadedTable>,
  literals: QueryLiterals,
  seed: number,
): GeneratedRows {
  const world: World = { byName, literals, rows: new Map(), random: makeRandom(seed) };
  const sizes = [1, 2, 3, 4, 6, Math.min(12, literals.greatestCount + 2)];
  const mostRows = sizes[seed % sizes.length] ?? 1;
  for (const table of ordered) fillTable(table, mostRows, world);
  dropOrphans(ordered, world);
  return {
    kind: `small-world-${seed}`,
    tables: ordered.map((table) => {
      const columns = table.columns.map((column) => column.name);
      const rows = (world.rows.get(table.name) ?? []).map((row) =>
        columns.map((name) => row.get(name) ?? null),
      );
      return { table: table.name, columns, rows };
    }),
  };
}

function fillTable(table: LoadedTable, mostRows: number, world: World): void {
  const own: Row[] = [];
  world.rows.set(table.name, own);
  const keys = uniqueSets(table, world.byName);
  const seen = keys.map(() => new Set<string>());
  const domains = new Map(
    table.columns.map((column) => [column.name, chooseDomain(column, mostRows, world)]),
  );
  const count = world.random() < 0.7 ? mostRows : Math.floor(world.random() * (mostRows + 1));
  for (let index = 0; index < count; index += 1) {
    const row = makeRow(table, domains, world);
    const places = keys.map((key) => JSON.stringify(key.map((name) => row.get(name))));
    if (places.some((place, key) => seen[key]?.has(place))) continue;
    for (const [key, place] of places.entries()) seen[key]?.add(place);
    own.push(row);
  }
}

function makeRow(table: LoadedTable, domains: Map<string, Cell[]>, world: World): Row {
  const { random } = world;
  const row: Row = new Map();
  for (const column of table.columns) {
    const canBeNull = isNullable(table, column.name) && random() < 0.12;
    row.set(column.name, canBeNull ? null : pick(domains.get(column.name) ?? [], random));
  }
  for (const { key, target } of resolvableKeys(table, world.byName)) {
    const isLoose = key.columns.every((name) => isNullable(table, name)) && random() < 0.15;
    const parent = pick(world.rows.get(target.name) ?? [], random);
    // What PostgreSQL could not declare, Spider's own rows do not keep either.
    if (!key.declared && random() < 0.2) continue;
    for (const [index, name] of key.columns.entries()) {
      const cell = isLoose || parent === null ? null : (parent.get(key.targetColumns[index] ?? '') ?? null);
      const type = table.columns.find((column) => column.name === name);
      if (cell !== null && type !== undefined) row.set(name, toCell(String(cell), type) ?? null);
      else if (isNullable(table, name)) row.set(name, null);
    }
  }
  return row;
}

function pick<T>(items: readonly T[], random: () => number): T | null {
  return items[Math.floor(random() * items.length)] ?? null;
}

/** A table that refers to itself, or a circle of tables, may name rows that never came to be. */
function dropOrphans(ordered: LoadedTable[], { byName, rows }: World): void {
  for (let dropped = true; dropped;) {
    dropped = false;
    for (const table of ordered) {
      const own = rows.get(table.name) ?? [];
      const kept = own.filter((row) => !isOrphan(row, table, byName, rows));
      if (kept.length < own.length) dropped = true;
      rows.set(table.name, kept);
    }
  }
}

function isOrphan(
  row: Row,
  table: LoadedTable,
  byName: Map<string, LoadedTable>,
  rows: Map<string, Row[]>,
): boolean {
  return resolvableKeys(table, byName).some(({ key, target }) => {
    const cells = key.columns.map((name) => row.get(name) ?? null);
    if (!key.declared || cells.includes(null)) return false;
    return !(rows.get(target.name) ?? []).some((parent) =>
      key.targetColumns.every((name, index) => String(parent.get(name) ?? '') === String(cells[index])),
    );
  });
}

/** One to three values, and for many rows more: the query's literals first. */
function chooseDomain(column: LoadedColumn, mostRows: number, { literals, random }: World): Cell[] {
  const isNumber = column.allNumericText || literals.readAsNumbers.has(column.name);
  const own = (literals.byColumn.get(column.name) ?? []).flatMap((literal) => {
    const values = [literal, ...neighboursOf(literal)].map((text) => toCell(text, column, isNumber));
    return values.filter((value) => value !== undefined);
  });
  const usual = usualTexts.flatMap((text) => toCell(text, column, isNumber) ?? []);
  const size = 1 + Math.floor(random() * Math.max(3, mostRows));
  const domain: Cell[] = [];
  for (let index = 0; index < size; index += 1) {
    domain.push(own.length > 0 && random() < 0.75 ? pick(own, random) : pick(usual, random));
  }
  return domain;
}

/** What a column of each type may hold when the query says nothing of it. */
const usualTexts = [
  ...['1', '2', '3', '4', '5', '7', '100', '2.5', 'a', 'b', 'A', 'ab'],
  ...['2018-01-01', '2018-01-02', '2019-05-30', '2018-01-01 00:00:00', '2018-01-02 10:30:00'],
];

function neighboursOf(literal: string): string[] {
  if (isNumericText(literal)) {
    const number = Number(literal);
    return [literal, number + 1, number - 1, number * 2, number / 2].map(String);
  }
  const bare = literal.replaceAll(/[%_]/g, '');
  const swapped = bare === bare.toLowerCase() ? bare.toUpperCase() : bare.toLowerCase();
  return [bare, bare, swapped, `${bare}x`, `x${bare}`, `x${bare}x`, bare.slice(0, -1)];
}

/** A text as a value of the column; undefined where it is none. */
function toCell(text: string, column: LoadedColumn, isNumber = false): Cell | undefined {
  if (column.type === 'text') return isNumber && !isNumericText(text) ? undefined : text;
  if (column.type === 'date') return isIsoDate(text) ? text : undefined;
  if (column.type === 'timestamp without time zone') return isIsoTimestamp(text) ? text : undefined;
  if (!isNumericText(text)) return undefined;
  const number = Number(text);
  const isWhole = column.type === 'integer' || column.type === 'bigint';
  return isWhole && !Number.isInteger(number) ? undefined : number;
}
