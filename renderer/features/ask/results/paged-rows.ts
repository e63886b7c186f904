import { AppError, type Cell, type RowPage } from '../../../../core/contract/index.ts';
import type { GridRows } from '../../../components/data-grid/grid-rows.ts';
import { copy } from '../../../copy.ts';

export type FetchRows = (offset: number, limit: number) => Promise<RowPage>;

export interface PagedRows {
  /** Rows as they are known now; a new object after every change. */
  view(): GridRows;
  /** How many there are, once that is known. */
  total(): number | undefined;
  /** How many there are at least. */
  known(): number;
  /** What counting found; a total may be less than was known of an earlier run. */
  learn(count: number, isTotal: boolean): void;
  subscribe(listener: () => void): () => void;
}

export const pageRows = 200;
/** The most rows that are fetched for the clipboard. */
export const mostCopiedRows = 50_000;
/** About how many characters of pages are kept; pages that were seen longest ago go first. */
const keptCharacters = 24_000_000;
const mostPages = 150;

/** What an earlier run of the same statement found. */
export interface KnownRows {
  known: number;
  total?: number | undefined;
}

interface Page {
  rows: Cell[][];
  characters: number;
}

/**
 * Rows of an open result, of which only the pages lately seen are kept. One fetch at a time, always for what is on show
 * now: what was scrolled past is never asked for.
 */
export function createPagedRows(fetchRows: FetchRows, first: RowPage, before: KnownRows): PagedRows {
  const pages = new Map<number, Page>();
  const listeners = new Set<() => void>();
  let total = first.total ?? before.total;
  let known = total ?? Math.max(first.rows.length, before.known);
  let wanted = { from: 0, to: 0 };
  let fetching = false;
  /** After a failure nothing more is asked for: the result is closed, and says so itself. */
  let failed = false;
  let view: GridRows = createView();

  function createView(): GridRows {
    return {
      // A page more than is known: scrolling into it fetches it.
      count: total ?? known + pageRows,
      at: (index) => pages.get(Math.floor(index / pageRows))?.rows[index % pageRows],
      show(from, to) {
        wanted = { from, to };
        void fetchWanted();
      },
      read,
    };
  }

  function changed(): void {
    view = createView();
    for (const listener of listeners) listener();
  }

  function keep(number: number, rows: Cell[][]): void {
    pages.delete(number);
    pages.set(number, { rows, characters: rows.reduce((sum, row) => sum + countCharacters(row), 0) });
    let kept = [...pages.values()].reduce((sum, page) => sum + page.characters, 0);
    for (const [oldest, page] of pages) {
      if (pages.size <= 2 || (kept <= keptCharacters && pages.size <= mostPages)) break;
      if (oldest === number) continue;
      pages.delete(oldest);
      kept -= page.characters;
    }
  }

  function learn(end: number, isTotal: boolean): void {
    known = isTotal ? end : Math.max(known, end);
    if (isTotal) total = end;
  }

  /** An earlier run had more rows than this one, which ends here or before. */
  function endBefore(end: number): void {
    known = Math.min(known, end);
    if (total !== undefined && total > known) total = undefined;
  }

  /** Several fetches where rows are so long that fewer come than were asked for. */
  async function readPage(number: number): Promise<Cell[][]> {
    const offset = number * pageRows;
    const rows: Cell[][] = [];
    while (rows.length < pageRows) {
      const page = await fetchRows(offset + rows.length, pageRows - rows.length);
      rows.push(...page.rows);
      learn(page.total ?? offset + rows.length, page.total !== undefined);
      if (page.rows.length === 0 && page.total === undefined) endBefore(offset + rows.length);
      if (page.rows.length === 0 || page.total !== undefined) break;
    }
    return rows;
  }

  function findMissing(): number | undefined {
    const last = Math.floor((Math.max(wanted.to, 1) - 1) / pageRows);
    for (let number = Math.floor(wanted.from / pageRows); number <= last; number += 1) {
      const rows = pages.get(number)?.rows.length;
      const needed = Math.min(pageRows, (total ?? Infinity) - number * pageRows);
      if (needed > 0 && (rows === undefined || rows < Math.min(needed, known - number * pageRows)))
        return number;
    }
    return undefined;
  }

  async function fetchWanted(): Promise<void> {
    if (fetching || failed) return;
    fetching = true;
    try {
      for (let number = findMissing(); number !== undefined; number = findMissing()) {
        keep(number, await readPage(number));
        changed();
      }
    } catch {
      failed = true;
    } finally {
      fetching = false;
    }
  }

  async function read(from: number, to: number): Promise<Cell[][]> {
    const end = Math.min(to, total ?? known);
    if (end - from > mostCopiedRows) {
      throw new AppError('INVALID_INPUT', copy.result.tooManyToCopy(mostCopiedRows));
    }
    const rows: Cell[][] = [];
    for (let number = Math.floor(from / pageRows); number * pageRows < end; number += 1) {
      rows.push(...(pages.get(number)?.rows ?? (await readPage(number))));
    }
    const start = from % pageRows;
    return rows.slice(start, start + end - from);
  }

  for (let number = 0; number * pageRows < first.rows.length; number += 1) {
    keep(number, first.rows.slice(number * pageRows, (number + 1) * pageRows));
  }
  view = createView();
  return {
    view: () => view,
    total: () => total,
    known: () => known,
    learn(count, isTotal) {
      learn(count, isTotal);
      changed();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function countCharacters(row: Cell[]): number {
  return row.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 4), 16);
}
