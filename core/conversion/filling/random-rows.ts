import { kindIn, makeRandom, valueAt } from './fresh-values.ts';
import type { LoadedColumn, LoadedTable } from '../load.ts';
import type { Cell, DraftRow } from './draft-row.ts';

export interface RandomOptions {
  seed: number;
  rowsPerTable: number;
  /** `table.column` of texts that the query reads as numbers. */
  numberTexts: ReadonlySet<string>;
  /** Values by `table.column`, the query's literals and their neighbours; other columns take a few of their own. */
  pools: ReadonlyMap<string, readonly Cell[]>;
  /** `table.column` of columns that take their values from the same place of their pools. */
  joint: readonly (readonly string[])[];
  /** `table.column` of columns that give no value twice. */
  unique: ReadonlySet<string>;
}

const ownValues = 6;

/** Seeded rows for some tables whose values repeat, so that rows meet in joins, groups and conditions. */
export function makeRandomRows(tables: LoadedTable[], options: RandomOptions): DraftRow[] {
  const random = makeRandom(options.seed);
  return tables.flatMap((table) => {
    const rows = Array.from({ length: options.rowsPerTable }, () => ({
      table,
      cells: drawCells(table, options, random),
    }));
    for (const column of table.columns) {
      if (options.unique.has(`${table.name}.${column.name}`)) leaveRepeatsOpen(rows, column.name);
    }
    return rows;
  });
}

/** A cell that is not given gets a value of its own when the row is completed. */
function leaveRepeatsOpen(rows: DraftRow[], column: string): void {
  const seen = new Set<Cell | undefined>();
  for (const { cells } of rows) {
    const cell = cells.get(column);
    if (seen.has(cell)) cells.delete(column);
    seen.add(cell);
  }
}

function drawCells(table: LoadedTable, options: RandomOptions, random: () => number): Map<string, Cell> {
  const places = options.joint.map(() => Math.floor(random() * ownValues));
  return new Map(
    openColumns(table).map((column) => {
      const pool = poolOf(table, column, options);
      const group = options.joint.findIndex((names) => names.includes(`${table.name}.${column.name}`));
      const cell = group < 0 ? pick(pool, random) : ([...new Set(pool)][places[group] ?? 0] ?? null);
      return [column.name, cell];
    }),
  );
}

/** Keys are left to the completion: they must be unique, or find their parents. */
function openColumns(table: LoadedTable): LoadedColumn[] {
  const keys = new Set([
    ...table.primaryKey,
    ...table.uniqueKeys.flat(),
    ...table.foreignKeys.flatMap((key) => key.columns),
  ]);
  return table.columns.filter((column) => !keys.has(column.name));
}

function poolOf(table: LoadedTable, column: LoadedColumn, options: RandomOptions): readonly Cell[] {
  const name = `${table.name}.${column.name}`;
  const kind = kindIn(table, column.name, options.numberTexts);
  const own = Array.from({ length: ownValues }, (_, index) => valueAt(kind, 100 * (index + 1)));
  return [...(options.pools.get(name) ?? []), ...own];
}

function pick(pool: readonly Cell[], random: () => number): Cell {
  return pool[Math.floor(random() * pool.length)] ?? null;
}
