import { parseSync } from 'libpg-query';
import { scanSql, type Token } from './rewrite-lexical.ts';

/**
 * Takes the printer's habits out of a SELECT: parentheses and quotes that change nothing, spaces beside parentheses,
 * short type names. A mark goes only where PostgreSQL's parser reads the same tree without it.
 */
export function tidySql(sql: string): string {
  const text = dropInnerSpaces(spellWords(sql));
  const marks = listMarks(text).sort((a, b) => b - a);
  if (marks.length === 0) return text;
  const meaning = readTree(text);
  let tidied = text;
  // From right to left, so that the positions of what is still to be tried stay true.
  for (const start of marks) {
    const close = closingOf(tidied, start);
    const without = tidied.slice(0, start) + tidied.slice(start + 1, close) + tidied.slice(close + 1);
    if (readTree(without) === meaning) tidied = without;
  }
  return tidied;
}

/** Where the pair that opens at `start` closes. */
function closingOf(sql: string, start: number): number {
  return sql.charAt(start) === '"'
    ? sql.indexOf('"', start + 1)
    : (matchParentheses(sql).get(start) ?? sql.length);
}

/** Where a pair begins that may be needless: parentheses, or the quotes of a name. */
function listMarks(sql: string): number[] {
  const parentheses = [...matchParentheses(sql)].filter(([start, end]) => isWorthTrying(sql, start, end));
  return [...parentheses.map(([start]) => start), ...listQuotedNames(sql)];
}

/** Not around a call's arguments or a lone subquery, and not where AND and OR meet, or after NOT: there they help. */
function isWorthTrying(sql: string, start: number, end: number): boolean {
  if (/[\w"]$/.test(sql.slice(0, start))) return false;
  const inner = sql.slice(start + 1, end);
  const before = sql.slice(0, start);
  if (/^\(/.test(inner) && matchParentheses(sql).get(start + 1) === end - 1) return true;
  if (/^(SELECT|WITH|VALUES)\b/.test(inner) || / (IN|AS|FILTER|OVER|USING|BY|ON) $/.test(before))
    return false;
  if (/\bNOT $/.test(before)) return /^EXISTS /.test(inner);
  return !/ (AND|OR|IS|[<>=]+) /.test(outsideParentheses(inner));
}

function outsideParentheses(sql: string): string {
  let text = '';
  let depth = 0;
  for (const token of scanSql(sql)) {
    if (token.text === '(') depth += 1;
    if (depth === 0) text += token.text;
    if (token.text === ')') depth -= 1;
  }
  return text;
}

/** Quoted names that could stand without: a reserved word keeps its quotes, behind a dot too. */
function listQuotedNames(sql: string): number[] {
  const starts: number[] = [];
  let position = 0;
  for (const token of scanSql(sql)) {
    const start = position;
    position += token.text.length;
    if (token.kind !== 'name' || !/^"[a-z_][a-z0-9_]*"$/.test(token.text)) continue;
    const isCall = sql.startsWith('(', position);
    if (isCall || isColumnName(token.text.slice(1, -1))) starts.push(start);
  }
  return starts;
}

const knownWords = new Map<string, boolean>();

/** Whether the word alone is read as a column. */
function isColumnName(word: string): boolean {
  const known = knownWords.get(word);
  if (known !== undefined) return known;
  const tree = readTree(`SELECT ${word}`);
  const isColumn = tree !== undefined && tree === readTree(`SELECT "${word}"`);
  knownWords.set(word, isColumn);
  return isColumn;
}

function readTree(sql: string): string | undefined {
  try {
    return JSON.stringify(parseSync(sql), (key, value: unknown) =>
      key === 'location' || key === 'stmt_len' ? undefined : value,
    );
  } catch {
    return undefined;
  }
}

/** `::int` → `::integer`, `NULLIF (a, 0)` → `NULLIF(a, 0)`, `- a` → `-a`, `E'\\\\'` → `'\\'`. */
function spellWords(sql: string): string {
  const tokens = scanSql(sql);
  const spelled = tokens.map(({ kind, text }, index) => {
    const before = tokens[index - 1];
    if (kind === 'word' && text === 'int') return 'integer';
    if (kind === 'word' && text === 'E' && tokens[index + 1]?.kind === 'text') return '';
    if (kind === 'text' && before?.text === 'E') return text.replaceAll('\\\\', '\\');
    if (kind === 'space' && (before?.text === 'NULLIF' || isSign(tokens, index - 1))) return '';
    return text;
  });
  return spelled.join('').replaceAll('TRIM(BOTH FROM ', 'TRIM(');
}

/** Whether a `-` or `+` stands before its only operand. */
function isSign(tokens: Token[], index: number): boolean {
  if (!/^[-+]$/.test(tokens[index]?.text ?? '')) return false;
  const before = tokens.slice(0, index).findLast((token) => token.kind !== 'space');
  if (before?.kind === 'symbol') return before.text !== ')' && before.text !== ']';
  return before?.kind === 'word' && signLeaders.has(before.text);
}

const signLeaders = new Set(
  'SELECT DISTINCT WHERE AND OR NOT BETWEEN BY THEN ELSE WHEN ON HAVING'.split(' '),
);

/** No spaces inside a pair of parentheses, and one pair around the subquery of NOT IN, where the printer puts two. */
function dropInnerSpaces(sql: string): string {
  const dropped = new Set<number>();
  const partner = matchParentheses(sql);
  for (const [open, close] of partner) {
    const isDouble = / IN $/.test(sql.slice(0, open)) && sql.startsWith('((SELECT ', open);
    if (isDouble && partner.get(open + 1) === close - 1) dropped.add(open).add(close);
    if (sql[open + 1] === ' ') dropped.add(open + 1);
    if (sql[close - 1] === ' ') dropped.add(close - 1);
  }
  if (dropped.size === 0) return sql;
  return Array.from({ length: sql.length }, (_, index) => (dropped.has(index) ? '' : sql[index])).join('');
}

/** The position of the closing parenthesis for each opening one, outside literals and quoted names. */
function matchParentheses(sql: string): Map<number, number> {
  const partner = new Map<number, number>();
  const open: number[] = [];
  for (const match of sql.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]/g)) {
    if (match[0] === '(') open.push(match.index);
    else if (match[0] === ')') partner.set(open.pop() ?? -1, match.index);
  }
  return partner;
}
