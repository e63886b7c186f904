import type { Cell } from '../../../core/contract/index.ts';

export interface CellView {
  kind: 'null' | 'text' | 'json' | 'array' | 'bytes';
  /** What is shown, laid out for reading. */
  text: string;
  /** What it is, such as `12 elements`; counted where that is known. */
  count?: number;
}

/** How many bytes of a bytea are laid out; a hex dump is four times as long as they are. */
const dumpedBytes = 64 * 1024;
const bytesPerLine = 16;

/** Lays one value out by its type: JSON indented, arrays an element a line, bytes as a hex dump. */
export function viewCell(cell: Cell | undefined, type: string): CellView {
  if (cell === null || cell === undefined) return { kind: 'null', text: '' };
  const text = String(cell);
  if (/^jsonb?$/.test(type)) return viewJson(text);
  if (type.endsWith('[]')) return viewArray(text);
  if (type === 'bytea' && text.startsWith('\\x')) return viewBytes(text.slice(2));
  // Text columns often hold JSON as well.
  return /^\s*[[{]/.test(text) && type !== 'interval' ? viewJson(text) : { kind: 'text', text };
}

/** By inserting white space: parsing would round numbers that a double cannot hold. */
function viewJson(text: string): CellView {
  try {
    JSON.parse(text);
  } catch {
    return { kind: 'text', text };
  }
  return { kind: 'json', text: indentJson(text) };
}

export function indentJson(text: string): string {
  let depth = 0;
  let written = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    const lineBreak = () => `\n${'  '.repeat(depth)}`;
    if (token === '{' || token === '[') {
      depth += 1;
      written += token + lineBreak();
    } else if (token === '}' || token === ']') {
      depth -= 1;
      // An empty object or array stays on its line.
      written = /[[{]\s*$/.test(written) ? written.trimEnd() + token : written + lineBreak() + token;
    } else if (token === ',') written += token + lineBreak();
    else written += token === ':' ? ': ' : token;
  }
  return written;
}

/** PostgreSQL's `{1,"a b",NULL}`, one element a line; of several dimensions, one row a line. */
function viewArray(text: string): CellView {
  const body = text.replace(/^\[[^=]*=/, '').replace(/^\{|\}$/g, '');
  const elements = splitTop(body);
  return { kind: 'array', text: elements.join('\n'), count: elements.length };
}

function splitTop(body: string): string[] {
  const elements: string[] = [];
  let depth = 0;
  let current = '';
  for (const [token] of body.matchAll(/"(?:[^"\\]|\\.)*"|[{},]|[^{},"]+/g)) {
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    if (token === ',' && depth === 0) {
      elements.push(current);
      current = '';
    } else current += depth === 0 ? unquote(token) : token;
  }
  return body === '' ? [] : [...elements, current];
}

function unquote(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : token;
}

function viewBytes(hex: string): CellView {
  const count = hex.length / 2;
  const lines: string[] = [];
  for (let at = 0; at < Math.min(count, dumpedBytes); at += bytesPerLine) {
    const pairs = hex.slice(at * 2, (at + bytesPerLine) * 2).match(/../g) ?? [];
    const shown = pairs.map((pair) => {
      const code = Number.parseInt(pair, 16);
      return code >= 32 && code < 127 ? String.fromCharCode(code) : '.';
    });
    lines.push(
      `${at.toString(16).padStart(8, '0')}  ${pairs.join(' ').padEnd(bytesPerLine * 3)} ${shown.join('')}`,
    );
  }
  if (count > dumpedBytes) lines.push('…');
  return { kind: 'bytes', text: lines.join('\n'), count };
}
