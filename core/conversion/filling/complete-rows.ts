import { isNumericText } from '../types.ts';
import { findColumn, isNullable, resolvableKeys, uniqueSets } from './draft-row.ts';
import { kindIn, places, valueAt } from './fresh-values.ts';
import type { GeneratedRows } from '../../contract/dataset.ts';
import type { LoadedColumn, LoadedForeignKey, LoadedTable } from '../load.ts';
import type { Cell, DraftRow } from './draft-row.ts';

export interface CompletionOptions {
  tables: Map<string, LoadedTable>;
  /** `table.column` of texts that the query reads as numbers. */
  numberTexts: ReadonlySet<string>;
}

interface Keyed {
  key: LoadedForeignKey;
  target: LoadedTable;
}

/** Rows of one table with an index for each key that is looked up or must be unique. */
interface Store {
  table: LoadedTable;
  rows: DraftRow[];
  unique: { columns: string[]; seen: Set<string> }[];
  keys: Keyed[];
  lookups: Map<string, Set<string>>;
}

/**
 * Fills in what the drafts leave open, so that primary keys and unique keys are unique, NOT NULL holds, and every
 * resolvable foreign key finds its parent. A draft that repeats a key is left out.
 */
export function completeRows(drafts: DraftRow[], options: CompletionOptions): DraftRow[] {
  const completion = new Completion(options);
  for (const draft of drafts) completion.add(draft);
  completion.addParents();
  return completion.list();
}

/** Rows by table, in the contract's shape; tables without rows are left out. */
export function toGeneratedRows(kind: string, rows: DraftRow[]): GeneratedRows {
  const byTable = Map.groupBy(rows, (row) => row.table);
  return {
    kind,
    tables: [...byTable].map(([table, own]) => {
      const columns = table.columns.map((column) => column.name);
      return {
        table: table.name,
        columns,
        rows: own.map((row) => columns.map((name) => row.cells.get(name) ?? null)),
      };
    }),
  };
}

const columnStep = 130;
const columnSpread = 2600;

class Completion {
  readonly #options: CompletionOptions;
  readonly #stores = new Map<string, Store>();
  /** Rows whose parents have not been looked for. */
  readonly #orphans: DraftRow[] = [];
  /** How many values each column was given here. */
  readonly #given = new Map<LoadedColumn, number>();
  readonly #starts = new Map<LoadedColumn, number>();

  constructor(options: CompletionOptions) {
    this.#options = options;
  }

  list(): DraftRow[] {
    return [...this.#stores.values()].flatMap((store) => store.rows);
  }

  /** Completes and keeps a row. */
  add(draft: DraftRow): void {
    const store = this.#storeOf(draft.table);
    for (const keyed of store.keys) this.#chooseParent(draft, keyed, store);
    for (const column of draft.table.columns) this.#fill(draft, column);
    const places = store.unique.map((each) => keyText(draft, each.columns));
    if (places.some((place, index) => place !== undefined && store.unique[index]?.seen.has(place))) return;
    for (const [index, place] of places.entries()) {
      if (place !== undefined) store.unique[index]?.seen.add(place);
    }
    store.rows.push(draft);
    for (const [columns, seen] of store.lookups) seen.add(keyText(draft, columns.split('\n')) ?? '');
    this.#orphans.push(draft);
  }

  /** Adds the parents that the rows name and that are not there; parents may name further ones. */
  addParents(): void {
    for (let row = this.#orphans.shift(); row !== undefined; row = this.#orphans.shift()) {
      for (const keyed of this.#storeOf(row.table).keys) this.#addParent(row, keyed);
    }
  }

  #storeOf(table: LoadedTable): Store {
    const known = this.#stores.get(table.name);
    if (known !== undefined) return known;
    const { tables } = this.#options;
    const unique = uniqueSets(table, tables).map((columns) => ({ columns, seen: new Set<string>() }));
    const store = { table, rows: [], unique, keys: resolvableKeys(table, tables), lookups: new Map() };
    this.#stores.set(table.name, store);
    return store;
  }

  /** A foreign key that the draft leaves open takes a row that is there already. */
  #chooseParent(draft: DraftRow, { key, target }: Keyed, store: Store): void {
    if (key.columns.every((name) => draft.cells.has(name))) return;
    const parents = this.#storeOf(target).rows;
    const start = store.rows.length;
    for (let turn = 0; turn < parents.length; turn += 1) {
      const parent = parents[(start + turn) % parents.length];
      const cells = parent === undefined ? undefined : this.#cellsOfParent(draft, parent, { key, target });
      if (cells === undefined || this.#repeatsKey(draft, cells, store)) continue;
      for (const [name, cell] of cells) draft.cells.set(name, cell);
      return;
    }
    if (target === draft.table) this.#endChain(draft, key);
  }

  /** A table that refers to itself: the first row has no parent, or itself. */
  #endChain(draft: DraftRow, key: LoadedForeignKey): void {
    for (const [index, name] of key.columns.entries()) {
      if (draft.cells.has(name)) continue;
      const target = findColumn(draft.table, key.targetColumns[index] ?? '');
      if (isNullable(draft.table, name)) draft.cells.set(name, null);
      else if (target !== undefined) {
        this.#fill(draft, target);
        draft.cells.set(name, draft.cells.get(target.name) ?? null);
      }
    }
  }

  #cellsOfParent(draft: DraftRow, parent: DraftRow, { key, target }: Keyed): Map<string, Cell> | undefined {
    const cells = new Map<string, Cell>();
    for (const [index, name] of key.columns.entries()) {
      const own = findColumn(draft.table, name);
      const value = parent.cells.get(key.targetColumns[index] ?? '') ?? null;
      const cell = own === undefined ? undefined : toColumn(value, own);
      const known = draft.cells.get(name);
      if (cell === undefined || cell === null || (known !== undefined && known !== cell)) return undefined;
      cells.set(name, cell);
    }
    return target === draft.table && parent === draft ? undefined : cells;
  }

  #repeatsKey(draft: DraftRow, cells: Map<string, Cell>, store: Store): boolean {
    const trial = { table: draft.table, cells: new Map([...draft.cells, ...cells]) };
    return store.unique.some(({ columns, seen }) => {
      const place = columns.every((name) => trial.cells.has(name)) ? keyText(trial, columns) : undefined;
      return place !== undefined && seen.has(place);
    });
  }

  #fill(draft: DraftRow, column: LoadedColumn): void {
    const cell = draft.cells.get(column.name);
    if (cell !== undefined && (cell !== null || isNullable(draft.table, column.name))) return;
    const kind = kindIn(draft.table, column.name, this.#options.numberTexts);
    draft.cells.set(column.name, valueAt(kind, this.#nextPosition(column)));
  }

  /** Columns begin at places of their own, so that they are not equal by accident. */
  #nextPosition(column: LoadedColumn): number {
    const given = this.#given.get(column) ?? 0;
    this.#given.set(column, given + 1);
    if (given === 0) this.#starts.set(column, (this.#starts.size * columnStep) % columnSpread);
    return places.middle + (this.#starts.get(column) ?? 0) + given;
  }

  #addParent(draft: DraftRow, { key, target }: Keyed): void {
    const cells = new Map<string, Cell>();
    for (const [index, name] of key.columns.entries()) {
      const column = findColumn(target, key.targetColumns[index] ?? '');
      const cell = column === undefined ? undefined : toColumn(draft.cells.get(name) ?? null, column);
      if (cell === undefined || cell === null) return;
      cells.set(column?.name ?? '', cell);
    }
    const parent = { table: target, cells };
    if (!this.#lookup(target, key.targetColumns).has(keyText(parent, key.targetColumns) ?? ''))
      this.add(parent);
  }

  /** The values of some columns in all rows of a table; made once, then kept up by `add`. */
  #lookup(table: LoadedTable, columns: string[]): Set<string> {
    const store = this.#storeOf(table);
    const name = columns.join('\n');
    const known = store.lookups.get(name);
    if (known !== undefined) return known;
    const made = new Set(store.rows.map((row) => keyText(row, columns) ?? ''));
    store.lookups.set(name, made);
    return made;
  }
}

/** Equal for equal keys; undefined where a part is NULL, which is equal to nothing. */
function keyText(row: DraftRow, columns: string[]): string | undefined {
  const cells = columns.map((name) => row.cells.get(name) ?? null);
  return cells.includes(null) ? undefined : JSON.stringify(cells);
}

/** A value under another column's type; undefined where it has none. */
function toColumn(cell: Cell, column: LoadedColumn): Cell | undefined {
  if (cell === null) return null;
  const isNumber = typeof cell === 'number';
  if (column.type === 'text') return String(cell);
  if (column.type === 'date' || column.type === 'timestamp without time zone')
    return isNumber ? undefined : cell;
  if (!isNumber && !isNumericText(cell)) return undefined;
  const isWhole = column.type === 'integer' || column.type === 'bigint';
  return isWhole && !Number.isInteger(Number(cell)) ? undefined : Number(cell);
}
