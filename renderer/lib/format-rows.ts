import type { Cell, ResultColumn } from '../../core/contract/index.ts';

/** Any rectangle of a result. */
export interface RowSet {
  columns: ResultColumn[];
  rows: Cell[][];
}

export type CopyFormat = 'tsv' | 'csv' | 'json' | 'markdown';

/** One cell as plain text; NULL is empty. */
export function cellText(cell: Cell | undefined): string {
  return cell === null || cell === undefined ? '' : String(cell);
}

/**
 * RFC 4180: CRLF between records; fields with quotes, commas or line breaks are quoted and quotes doubled. An empty
 * string is written `""`, so that it differs from NULL, as PostgreSQL's COPY does. Cells that begin like a formula are
 * left as they are: the file says what the database says.
 */
export function toCsv({ columns, rows }: RowSet): string {
  const records = [columns.map((column) => quoteCsv(column.name)), ...rows.map((row) => row.map(quoteCsv))];
  return records.map((record) => record.join(',')).join('\r\n') + '\r\n';
}

function quoteCsv(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** For spreadsheets: tabs and line breaks inside a cell become spaces. */
export function toTsv({ columns, rows }: RowSet, options: { header: boolean }): string {
  const flatten = (cell: Cell) => cellText(cell).replace(/[\t\r\n]+/g, ' ');
  const lines = rows.map((row) => row.map(flatten).join('\t'));
  return (options.header ? [columns.map((column) => flatten(column.name)).join('\t'), ...lines] : lines).join(
    '\n',
  );
}

/** An array of objects; a second column of the same name becomes `name_2`. */
export function toJson({ columns, rows }: RowSet): string {
  const names = uniqueNames(columns);
  const objects = rows.map((row) => Object.fromEntries(row.map((cell, index) => [names[index], cell])));
  return JSON.stringify(objects, undefined, 2);
}

function uniqueNames(columns: ResultColumn[]): string[] {
  const used = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let count = 2; used.has(unique); count += 1) unique = `${name}_${count}`;
    used.add(unique);
    return unique;
  });
}

export function toMarkdown({ columns, rows }: RowSet): string {
  const escape = (text: string) =>
    text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replace(/\r?\n/g, '<br>');
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map((column) => escape(column.name))),
    line(columns.map((column) => (isNumericType(column.type) ? '---:' : '---'))),
    ...rows.map((row) => line(row.map((cell) => escape(cell === null ? 'NULL' : cellText(cell))))),
  ].join('\n');
}

export function formatRows(rowSet: RowSet, format: CopyFormat): string {
  if (format === 'csv') return toCsv(rowSet);
  if (format === 'json') return toJson(rowSet);
  if (format === 'markdown') return toMarkdown(rowSet);
  return toTsv(rowSet, { header: true });
}

/** Types whose values are read by their size, so they stand right-aligned. */
export function isNumericType(type: string): boolean {
  return /^(smallint|integer|bigint|int[248]|numeric|decimal|real|double precision|float[48]|money|oid)\b/.test(
    type,
  );
}
