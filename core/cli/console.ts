import type { Cell, ErrorPayload, QueryResult } from '../contract/index.ts';

/** Where the command line writes. Results go out, progress and complaints go to `err`. */
export interface Console {
  out(text: string): void;
  err(text: string): void;
  /** A line on `err` that the next one replaces where that is a terminal; elsewhere nothing is shown. */
  progress(text: string): void;
}

export function createConsole(out: NodeJS.WriteStream, err: NodeJS.WriteStream): Console {
  let showsProgress = false;
  const clearProgress = () => {
    if (showsProgress) err.write('\r\u001b[K');
    showsProgress = false;
  };
  return {
    out(text) {
      clearProgress();
      out.write(`${text}\n`);
    },
    err(text) {
      clearProgress();
      err.write(`${text}\n`);
    },
    progress(text) {
      if (!err.isTTY) return;
      clearProgress();
      err.write(text.slice(0, (err.columns || 80) - 1));
      showsProgress = true;
    },
  };
}

/** `What is. What to do.` */
export function formatError(error: ErrorPayload): string {
  if (!error.hint) return error.message;
  // PostgreSQL's own messages end without a full stop.
  const message = /[.!?…]$/.test(error.message) ? error.message : `${error.message}.`;
  return `${message} ${error.hint}`;
}

/** Longer cells are cut in the table; `--json` has them whole. */
const maxCellLength = 60;

/** A plain table with a note on how many rows there are. */
export function formatResult({ columns, rows, rowCount, truncated }: QueryResult): string {
  const header = columns.map((column) => column.name);
  const body = rows.map((row) => row.map(formatCell));
  const widths = header.map((name, i) => Math.max(name.length, ...body.map((row) => row[i]?.length ?? 0)));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const note = `${rowCount} ${rowCount === 1 ? 'row' : 'rows'}${truncated ? ', and more that were cut off' : ''}`;
  return [line(header), rule, ...body.map(line), `(${note})`].join('\n');
}

function formatCell(cell: Cell): string {
  const text = cell === null ? 'NULL' : String(cell).replaceAll(/[\r\n\t]+/g, ' ');
  return text.length > maxCellLength ? `${text.slice(0, maxCellLength - 1)}…` : text;
}
