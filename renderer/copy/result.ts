import { formatBytes, formatCount, formatDuration, pluralize } from '../lib/format-values.ts';

const cellUnits: Record<string, string> = { array: 'element', bytes: 'byte' };

/** What the interface says: rows of a statement. */
export const resultCopy = {
  title: 'Result',
  grid: 'Result rows',
  rows: (count: number) => pluralize(count, 'row'),
  moreRows: (count: number) => `${formatCount(count)}+ rows`,
  count: 'Count',
  countHint: 'Goes to the end of the result on the server; no row travels',
  counting: (count: number) => `Counting… ${formatCount(count)}+ rows`,
  stopCounting: 'Stop counting',
  readingOn: 'Running the statement again to read on…',
  readOn:
    'The statement ran again to read on. Without ORDER BY, rows may stand in another order than before.',
  sorting: (name: string) => `Running the statement again, sorted by ${name}…`,
  sortedBy: (name: string) => `The server ran the statement again, sorted by ${name}.`,
  closedTitle: {
    idle: 'The result was closed',
    replaced: 'The result was closed',
    lost: 'The connection was lost',
    failed: 'Reading on failed',
  },
  closedHint: 'The rows that are here stay. Run the statement again to read on.',
  runAgain: 'Run again',
  copyAs: 'Copy',
  copyHint: 'Copies the selected cells, or all rows where one cell is selected',
  exportAs: 'Export all rows',
  formats: {
    tsv: 'As TSV (spreadsheets)',
    csv: 'As CSV',
    json: 'As JSON',
    jsonl: 'As JSON lines',
    markdown: 'As Markdown',
    sql: 'As SQL INSERTs',
  },
  exporting: (rows: number, bytes: number) =>
    rows === 0
      ? `${formatBytes(bytes)} written…`
      : `${pluralize(rows, 'row')} written${bytes > 0 ? `, ${formatBytes(bytes)}` : ''}…`,
  preparingExport: 'Preparing the export…',
  exported: (name: string) => `${name} is saved.`,
  exportStarted: 'Your browser saves the file.',
  exportCancelled: 'The export was cancelled; no file is left.',
  exportFailed: 'The export failed; no file is left',
  tooManyToCopy: (limit: number) =>
    `More than ${pluralize(limit, 'row')} are not copied. Export them instead.`,
  copiedRows: (count: number) => `${pluralize(count, 'row')} copied.`,
  copiedPart: (count: number) =>
    `The first ${pluralize(count, 'row')} copied; more exist. An export has them all.`,
  copiedCells: (count: number) => (count === 1 ? 'Cell copied.' : `${formatCount(count)} cells copied.`),
  nullCell: 'NULL',
  comingCell: '…',
  headerHint: (name: string, type: string) =>
    `${name} · ${type}. Click sorts, Ctrl+click selects the column.`,
  cellTitle: (column: string, row: number) => `${column}, row ${formatCount(row)}`,
  cellFacts: (type: string, kind: string, count: number) =>
    kind === 'null' ? type : `${type} · ${pluralize(count, cellUnits[kind] ?? 'character')}`,
  copyValue: 'Copy the value',
  copyLaidOut: 'Copy as shown',
  resizeColumn: (name: string) => `Width of ${name}`,
  emptyTitle: 'No rows',
  emptyHint: 'The statement ran and nothing matched. Loosen a condition, or check the spelling of a value.',
  idleTitle: 'Rows appear here',
  idleHint: 'Ask a question, or type a statement and press Ctrl+Enter.',
  proposedTitle: 'Not run yet',
  proposedHint: 'Read the statement, change it if you like, then run it.',
  running: 'Running…',
  total: (ms: number) => `answered in ${formatDuration(ms)}`,
  ran: (ms: number) => `ran in ${formatDuration(ms)}`,
  confidence: (share: number) => `${Math.round(share * 100)} % sure`,
  agreement: (share: number, all: number) => `${Math.round(share * 100)} % of ${all} candidates’ vote`,
  alternative: 'Second choice',
  alternativeTitle: (share: number) => `Or this? ${Math.round(share * 100)} % of the vote`,
  alternativeGrid: 'The other rows',
  useAlternative: 'Use this one',
  stale: 'statement changed since',
} as const;
