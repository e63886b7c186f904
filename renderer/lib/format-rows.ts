import {
  createRowWriter,
  type Cell,
  type ExportFormat,
  type ResultColumn,
  type WriterOptions,
} from '../../core/contract/index.ts';

export { cellText, exportFormats, isNumericType, type ExportFormat } from '../../core/contract/index.ts';

/** Any rectangle of a result. */
export interface RowSet {
  columns: ResultColumn[];
  rows: Cell[][];
}

/** Rows in one of the formats; without a line break at the end but for CSV, whose records all end with one. */
export function formatRows(rowSet: RowSet, format: ExportFormat, options: WriterOptions = {}): string {
  const text = writeAll(rowSet, format, options);
  return format === 'csv' ? text : text.replace(/\n$/, '');
}

function writeAll({ columns, rows }: RowSet, format: ExportFormat, options: WriterOptions): string {
  const writer = createRowWriter(format, columns, options);
  return writer.head + rows.map((row, index) => writer.row(row, index)).join('') + writer.tail;
}

/** For pasting into a spreadsheet's cells. */
export function toTsv({ columns, rows }: RowSet, { header }: { header: boolean }): string {
  const text = formatRows({ columns, rows }, 'tsv');
  return header ? text : text.slice(text.indexOf('\n') + 1);
}

/** The table that a statement reads from where it is a single one, for SQL INSERTs; as it is written in the statement. */
export function findTableName(sql: string): string | undefined {
  const name = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
  const found = [...sql.matchAll(new RegExp(String.raw`\bfrom\s+(${name}(?:\.${name})?)\s*([,(]?)`, 'giu'))];
  const [only] = found;
  if (found.length !== 1 || !only || only[2] !== '' || /\bjoin\b/i.test(sql)) return undefined;
  return only[1];
}
