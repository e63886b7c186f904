/** Words that begin a line of their own, the longest first. */
const lineStarts = [
  'left outer join',
  'right outer join',
  'full outer join',
  'left join',
  'right join',
  'full join',
  'inner join',
  'cross join',
  'natural join',
  'union all',
  'group by',
  'order by',
  'intersect',
  'having',
  'except',
  'select',
  'limit',
  'offset',
  'union',
  'where',
  'join',
  'from',
];
const starts = new RegExp(
  `^(?:${lineStarts.map((words) => words.replaceAll(' ', '\\s+')).join('|')})\\b`,
  'i',
);
/** A text in quotes, a comment, blanks, a word with its number, or a single sign. */
const piece = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\s+|[\p{L}\p{N}_$.]+|<>|<=|>=|!=|::|\|\||./gsu;

/**
 * SQL with its clauses on lines of their own and one blank between words, whatever the dialect, so that two forms of a
 * query can be laid beside each other. Only blanks change.
 */
export function layOutSql(sql: string): string {
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  let at = 0;
  for (const [token] of sql.matchAll(piece)) {
    const isBlank = token.trim() === '';
    if (!isBlank && starts.test(sql.slice(at)) && line.trim() !== '' && !isSecondWord(line, token)) {
      lines.push(line);
      line = '  '.repeat(depth);
    }
    if (!isBlank) line += (needsBlank(line, token) ? ' ' : '') + token;
    if (token === '(') depth += 1;
    if (token === ')') depth = Math.max(0, depth - 1);
    at += token.length;
  }
  return [...lines, line].filter((each) => each.trim() !== '').join('\n');
}

/** `JOIN` of `LEFT JOIN` does not begin another line; nor does `FROM` of `IS DISTINCT FROM`. */
function isSecondWord(line: string, token: string): boolean {
  const word = token.toLowerCase();
  if (word === 'join') return /\b(?:left|right|full|inner|cross|outer|natural)\s*$/i.test(line);
  if (word === 'from')
    return /\bdistinct\s*$/i.test(line) || /\b(?:extract|substring|trim)\s*\([^)]*$/i.test(line);
  return word === 'select' && /\(\s*$/.test(line);
}

function needsBlank(line: string, token: string): boolean {
  if (line === '' || /^\s+$/.test(line) || /[(\s]$/.test(line)) return false;
  if (/^[),;]$/.test(token) || token === '::' || /::$/.test(line)) return false;
  // A call: `count(`; a word of the language has a blank before its parenthesis.
  if (token === '(')
    return (
      !/[\p{L}\p{N}_"]$/u.test(line) ||
      /\b(?:in|and|or|not|where|on|from|join|select|by|exists|having|as|all|any|then|when|else|over|using|values|union|except|intersect|between|like|distinct)$/i.test(
        line,
      )
    );
  return true;
}
