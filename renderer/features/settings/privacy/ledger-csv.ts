import type { NetworkEntry } from '../../../../core/contract/index.ts';

const columns = [
  'startedAt',
  'host',
  'port',
  'local',
  'purpose',
  'method',
  'initiator',
  'outcome',
  'message',
  'sentBytes',
  'receivedBytes',
  'durationMs',
] as const satisfies (keyof NetworkEntry)[];

/** RFC 4180, with a header; what a spreadsheet would run as a formula is made text by an apostrophe. */
export function formatLedgerCsv(entries: readonly NetworkEntry[]): string {
  const lines = entries.map((entry) => columns.map((column) => quote(entry[column])).join());
  return [columns.join(), ...lines, ''].join('\r\n');
}

function quote(value: string | number | boolean | undefined): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
