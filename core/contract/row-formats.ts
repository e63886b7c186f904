import type { Cell, ResultColumn } from './postgres.ts';

/** What rows can be written as. Both sides write them: the page what it copies, the core what it exports. */
export const exportFormats = ['csv', 'tsv', 'json', 'jsonl', 'markdown', 'sql'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Writes rows one by one, so that a result of any size needs no more memory than a row. */
export interface RowWriter {
  head: string;
  /** @param index 0-based, among the rows of this text */
  row(cells: Cell[], index: number): string;
  tail: string;
}

export interface WriterOptions {
  /** Into which SQL INSERTs go, as it is written in SQL. Defaults to `result`. */
  tableName?: string | undefined;
}

const writers: Record<ExportFormat, (columns: ResultColumn[], options: WriterOptions) => RowWriter> = {
  csv: writeCsv,
  tsv: writeTsv,
  json: writeJson,
  jsonl: writeJsonLines,
  markdown: writeMarkdown,
  sql: writeInserts,
};

export function createRowWriter(
  format: ExportFormat,
  columns: ResultColumn[],
  options: WriterOptions = {},
): RowWriter {
  return writers[format](columns, options);
}

/** One cell as plain text; NULL is empty. */
export function cellText(cell: Cell | undefined): string {
  return cell === null || cell === undefined ? '' : String(cell);
}

/**
 * RFC 4180: CRLF between records; fields with quotes, commas or line breaks are quoted and quotes doubled. An empty
 * string is written `""`, so that it differs from NULL, as PostgreSQL's COPY does. Cells that begin like a formula are
 * left as they are: the file says what the database says.
 */
function writeCsv(columns: ResultColumn[]): RowWriter {
  const record = (cells: Cell[]) => cells.map(quoteCsv).join(',') + '\r\n';
  return { head: record(columns.map(({ name }) => name)), row: record, tail: '' };
}

function quoteCsv(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** For spreadsheets: tabs and line breaks inside a cell become spaces. */
function writeTsv(columns: ResultColumn[]): RowWriter {
  const record = (cells: Cell[]) => cells.map(flatten).join('\t') + '\n';
  return { head: record(columns.map(({ name }) => name)), row: record, tail: '' };
}

function flatten(cell: Cell): string {
  return cellText(cell).replace(/[\t\r\n]+/g, ' ');
}

function writeJson(columns: ResultColumn[]): RowWriter {
  const names = uniqueNames(columns);
  return {
    head: '[',
    row: (cells, index) =>
      `${index === 0 ? '' : ','}\n${JSON.stringify(toObject(names, cells), undefined, 2).replace(/^/gm, '  ')}`,
    tail: '\n]\n',
  };
}

function writeJsonLines(columns: ResultColumn[]): RowWriter {
  const names = uniqueNames(columns);
  return { head: '', row: (cells) => `${JSON.stringify(toObject(names, cells))}\n`, tail: '' };
}

function toObject(names: string[], cells: Cell[]): Record<string, Cell> {
  return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null]));
}

/** A second column of the same name becomes `name_2`. */
function uniqueNames(columns: ResultColumn[]): string[] {
  const used = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let count = 2; used.has(unique); count += 1) unique = `${name}_${count}`;
    used.add(unique);
    return unique;
  });
}

function writeMarkdown(columns: ResultColumn[]): RowWriter {
  const escape = (text: string) =>
    text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replace(/\r?\n/g, '<br>');
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  const rule = columns.map(({ type }) => (isNumericType(type) ? '---:' : '---'));
  return {
    head: line(columns.map(({ name }) => escape(name))) + line(rule),
    row: (cells) => line(cells.map((cell) => escape(cell === null ? 'NULL' : cellText(cell)))),
    tail: '',
  };
}

/** One INSERT a row. Numbers and booleans stand bare, everything else as a literal that PostgreSQL casts itself. */
function writeInserts(columns: ResultColumn[], { tableName = 'result' }: WriterOptions): RowWriter {
  const names = uniqueNames(columns).map(quoteName).join(', ');
  const types = columns.map(({ type }) => type);
  return {
    head: '',
    row: (cells) =>
      `INSERT INTO ${tableName} (${names}) VALUES (${cells.map((cell, index) => writeLiteral(cell, types[index] ?? '')).join(', ')});\n`,
    tail: '',
  };
}

/** Always quoted: that is right for every name. */
function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !doubtfulName.test(name)
    ? name
    : `"${name.replaceAll('"', '""')}"`;
}

/** Words that PostgreSQL reserves in one version or another; quoting one too many does no harm. */
const doubtfulName =
  /^(all|analy[sz]e|and|any|array|as|asc|asymmetric|authorization|binary|both|case|cast|check|collat(e|ion)|column|concurrently|constraint|create|cross|current_\w+|default|deferrable|desc|distinct|do|else|end|except|false|fetch|for|foreign|freeze|from|full|grant|group|having|ilike|in|initially|inner|intersect|into|is|isnull|join|lateral|leading|left|like|limit|local(time|timestamp)|natural|not|notnull|null|offset|on|only|or|order|outer|overlaps|placing|primary|references|returning|right|select|session_user|similar|some|symmetric|system_user|table|tablesample|then|to|trailing|true|union|unique|user|using|variadic|verbose|when|where|window|with)$/;

/** `money` is a number to the eye and text to PostgreSQL; NaN and the infinities need quotes. */
function writeLiteral(cell: Cell, type: string): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  const text = String(cell);
  const isBare = isNumericType(type) && type !== 'money' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
  return isBare ? text : `'${text.replaceAll("'", "''")}'`;
}

/** Types whose values are read by their size, so they stand right-aligned. Arrays of them are none. */
export function isNumericType(type: string): boolean {
  return /^(smallint|integer|bigint|int[248]|numeric(\(.*\))?|decimal|real|double precision|float[48]|money|oid)$/.test(
    type,
  );
}
