import { QuoteUtils } from 'pgsql-deparser';

/** Words that SQLite's queries are built of: never a column here, whatever the schema says. */
const structuralWords = new Set(
  (
    'select from where and or not in like between group by order limit offset having union intersect except all as on ' +
    'using join inner left right full outer natural cross distinct asc desc is null exists case when then else end cast'
  ).split(' '),
);

const caseWords = new Set(['when', 'then', 'else', 'end']);

const joinBoundaries = new Set([
  'join',
  'where',
  'group',
  'order',
  'limit',
  'having',
  'union',
  'intersect',
  'except',
  ')',
  ',',
]);

export interface Token {
  kind: 'space' | 'text' | 'name' | 'word' | 'number' | 'symbol';
  text: string;
}

const tokenPattern =
  /(?<space>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<text>'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\])|(?<number>\d+(?:\.\d*)?(?:e[+-]?\d+)?(?![\p{L}\p{N}_])|\.\d+)|(?<word>[\p{L}\p{N}_][\p{L}\p{N}_$]*)|(?<symbol><=|>=|!=|<>|==|\|\||.)/giuy;

/**
 * Makes SQLite's spelling readable for PostgreSQL's parser, without deciding what names mean: `` `x` `` and `[x]`,
 * `==`, empty "" literals, quoted aliases, reserved words that are names here, JOIN without ON,
 * `LIMIT a, b`. What stands in double quotes stays so; the scope decides later whether it is a column.
 */
export function toPostgresTokens(sql: string, isSchemaName: (name: string) => boolean): string {
  const tokens = scanSql(sql.trim().replace(/[;\s]+$/, ''));
  addCrossJoins(tokens);
  swapLimit(tokens);
  spellIs(tokens);
  spellGlob(tokens);
  spellRest(tokens);
  return tokens.map((token, index) => spell(token, tokens, index, isSchemaName)).join('');
}

/** Splits SQL of either dialect into tokens; together they are the text again. */
export function scanSql(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(tokenPattern)) {
    const kind = (['space', 'text', 'name', 'number', 'word', 'symbol'] as const).find(
      (each) => match.groups?.[each] !== undefined,
    );
    tokens.push({ kind: kind ?? 'symbol', text: match[0] });
  }
  return tokens;
}

function spell(
  token: Token,
  tokens: Token[],
  index: number,
  isSchemaName: (name: string) => boolean,
): string {
  if (token.kind === 'space') return /^\s/.test(token.text) ? token.text : ' ';
  if (token.kind === 'symbol') return spellSymbol(token.text);
  if (token.kind === 'name') return spellName(token.text);
  if (token.kind === 'text') return isAfterAs(tokens, index) ? quote(unquote(token.text)) : token.text;
  if (token.kind === 'word') return spellWord(token.text, isSchemaName, isNameHere(tokens, index));
  return token.text;
}

function spellSymbol(text: string): string {
  if (text === '==') return '=';
  return text === '!=' ? '<>' : text;
}

function spellName(text: string): string {
  const name = unquote(text);
  return name === '' ? "''" : quote(name);
}

/** `cast` without a parenthesis is a name (imdb has a table of it), and so is `end` without a CASE. */
function isNameHere(tokens: Token[], index: number): boolean {
  const word = tokens[index]?.text.toLowerCase() ?? '';
  if (caseWords.has(word)) return !tokens.some((token) => token.text.toLowerCase() === 'case');
  const next = tokens.slice(index + 1).find((token) => token.kind !== 'space');
  return word === 'cast' && next?.text !== '(';
}

function spellWord(word: string, isSchemaName: (name: string) => boolean, isName: boolean): string {
  const lower = word.toLowerCase();
  if (isName) return QuoteUtils.quoteIdentifier(lower);
  if (structuralWords.has(lower) || !isSchemaName(lower)) return word;
  return QuoteUtils.quoteIdentifier(lower);
}

function unquote(text: string): string {
  const mark = text.charAt(0);
  const inner = text.slice(1, -1);
  return mark === '"' || mark === "'" ? inner.replaceAll(mark + mark, mark) : inner;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function isAfterAs(tokens: Token[], index: number): boolean {
  return previousWord(tokens, index)?.text.toLowerCase() === 'as';
}

function previousWord(tokens: Token[], index: number): Token | undefined {
  return tokens.slice(0, index).findLast((token) => token.kind !== 'space');
}

/** In SQLite a JOIN may come without ON and is then a cross join. */
function addCrossJoins(tokens: Token[]): void {
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || token.text.toLowerCase() !== 'join' || hasCondition(tokens, index)) continue;
    const before = previousWord(tokens, index);
    const word = before?.text.toLowerCase() ?? '';
    if (['natural', 'cross', 'left', 'right', 'full', 'outer'].includes(word)) continue;
    if (word === 'inner' && before !== undefined) before.text = '';
    token.text = 'CROSS JOIN';
  }
}

function hasCondition(tokens: Token[], joinIndex: number): boolean {
  let depth = 0;
  for (const token of tokens.slice(joinIndex + 1)) {
    const text = token.text.toLowerCase();
    if (text === '(') depth += 1;
    else if (depth > 0 && text === ')') depth -= 1;
    else if (depth > 0) continue;
    else if (token.kind === 'word' && (text === 'on' || text === 'using')) return true;
    else if (token.kind !== 'name' && token.kind !== 'text' && joinBoundaries.has(text)) return false;
  }
  return false;
}

/** `LIMIT offset, count` → `LIMIT count OFFSET offset`. */
function swapLimit(tokens: Token[]): void {
  const solid = tokens.filter((token) => token.kind !== 'space');
  for (const [index, token] of solid.entries()) {
    const [offset, comma, count] = solid.slice(index + 1, index + 4);
    if (token.text.toLowerCase() !== 'limit' || comma?.text !== ',') continue;
    if (offset?.kind !== 'number' || count?.kind !== 'number') continue;
    [offset.text, count.text] = [count.text, ` ${offset.text}`];
    Object.assign(comma, { kind: 'word', text: ' OFFSET' });
  }
}

/** What may stand behind IS in PostgreSQL. */
const isOperands = new Set(['null', 'true', 'false', 'unknown', 'distinct', 'document', 'normalized']);

/** `x IS 5` compares, NULLs included: `x IS NOT DISTINCT FROM 5`. */
function spellIs(tokens: Token[]): void {
  const solid = tokens.filter((token) => token.kind !== 'space');
  for (const [index, token] of solid.entries()) {
    if (token.kind !== 'word' || token.text.toLowerCase() !== 'is') continue;
    const next = solid[index + 1];
    const isNegated = next?.text.toLowerCase() === 'not';
    const operand = isNegated ? solid[index + 2] : next;
    if (operand === undefined || (operand.kind === 'word' && isOperands.has(operand.text.toLowerCase())))
      continue;
    if (isNegated && next !== undefined) next.text = 'DISTINCT FROM';
    else token.text = 'IS NOT DISTINCT FROM';
  }
}

/** PostgreSQL's grammar has no GLOB: an operator of ours carries it to the tree. */
function spellGlob(tokens: Token[]): void {
  const solid = tokens.filter((token) => token.kind !== 'space');
  for (const [index, token] of solid.entries()) {
    if (token.kind !== 'word' || token.text.toLowerCase() !== 'glob' || solid[index + 1]?.text === '(')
      continue;
    const before = solid[index - 1];
    const isNegated = before?.text.toLowerCase() === 'not';
    if (isNegated && before !== undefined) before.text = '';
    Object.assign(token, { kind: 'symbol', text: isNegated ? '!~~~~' : '~~~~' });
  }
}

/** `char` is a type to PostgreSQL's grammar; as a call it is `chr`. A negative LIMIT is none. */
function spellRest(tokens: Token[]): void {
  const solid = tokens.filter((token) => token.kind !== 'space');
  for (const [index, token] of solid.entries()) {
    const word = token.text.toLowerCase();
    if (token.kind !== 'word') continue;
    if (word === 'char' && solid[index + 1]?.text === '(' && solid[index - 1]?.text.toLowerCase() !== 'as')
      token.text = 'chr';
    const minus = solid[index + 1];
    if (word !== 'limit' || minus?.text !== '-') continue;
    for (const gone of [token, minus, solid[index + 2]]) if (gone !== undefined) gone.text = '';
  }
}
