import type { DatabaseSchema, Table } from '../contract/index.ts';
import { quoteIdentifier } from '../sql/identifiers.ts';

/** Each is a rule of its own name (`_` written as `-`), in capitals or small letters. */
const keywords = (
  'SELECT DISTINCT FROM WHERE GROUP BY HAVING ORDER LIMIT OFFSET AS ON JOIN LEFT RIGHT INNER FULL CROSS AND OR NOT IN IS NULL ' +
  'LIKE ILIKE BETWEEN EXISTS UNION ALL INTERSECT EXCEPT ASC DESC NULLS FIRST LAST CASE WHEN THEN ELSE END CAST ' +
  'OVER PARTITION WITH EXTRACT INTERVAL TRUE FALSE DATE CURRENT_DATE'
).split(' ');

const functions =
  'count sum avg min max abs round floor ceil coalesce nullif greatest least lower upper length trim replace ' +
  'substring concat left right date_trunc date_part age to_char now string_agg array_agg row_number rank dense_rank lag lead';

const types = 'integer bigint numeric text date timestamp boolean real';

/** GBNF rules that do not depend on the schema. Aliases are T1 to T19 and cte1 to cte9, names alone are free after AS. */
const fixedRules = `
root ::= with? query ";"?
with ::= WITH s cte (o "," o cte)* s
cte ::= ctename s AS o "(" o query o ")"
ctename ::= "cte" [1-9]
query ::= core (s setop s core)* (s ORDER s BY s orderitem (o "," o orderitem)*)? (s LIMIT s int)? (s OFFSET s int)?
setop ::= (UNION | INTERSECT | EXCEPT) (s ALL)?
core ::= SELECT s (DISTINCT s)? item (o "," o item)* s FROM s source (s join | o "," o source)* (s WHERE s cond)? (s GROUP s BY s expr (o "," o expr)*)? (s HAVING s cond)?
item ::= "*" | qualifier ".*" | expr (s AS s name)?
orderitem ::= (expr | name) (s (ASC | DESC))? (s NULLS s (FIRST | LAST))?
source ::= (table | ctename | "(" o query o ")") ((s AS)? s alias)?
join ::= ((INNER | LEFT | RIGHT | FULL) s)? JOIN s source s ON s cond | CROSS s JOIN s source
cond ::= pred (s (AND | OR) s pred)*
pred ::= NOT s pred | EXISTS o "(" o query o ")" | "(" o cond o ")" | expr (o cmp o expr | s IS s (NOT s)? NULL | s (NOT s)? (IN o "(" o (query | expr (o "," o expr)*) o ")" | (LIKE | ILIKE) s expr | BETWEEN s expr s AND s expr))?
cmp ::= "=" | "<>" | "!=" | "<=" | ">=" | "<" | ">"
expr ::= term (o ("+" | "-" | "*" | "/" | "||") o term)*
term ::= value ("::" type)?
value ::= number | string | TRUE | FALSE | NULL | CURRENT-DATE | (DATE | INTERVAL) s string | columnref | call | CASE (s WHEN s cond s THEN s expr)+ (s ELSE s expr)? s END | CAST o "(" o expr s AS s type o ")" | EXTRACT o "(" o [a-z]{1,12} s FROM s expr o ")" | "(" o (query | expr) o ")"
call ::= function "(" o ("*" | (DISTINCT s)? expr (o "," o expr)*)? o ")" (s OVER o "(" o (PARTITION s BY s expr (o "," o expr)*)? (o ORDER s BY s orderitem (o "," o orderitem)*)? o ")")?
columnref ::= (qualifier ".")? column
qualifier ::= alias | table | ctename
alias ::= [tT] [1-9] [0-9]?
name ::= [a-z] [a-z0-9_]{0,40}
number ::= "-"? int ("." [0-9]{1,18})?
int ::= [0-9]{1,18}
string ::= "'" ([^'\\\\\\n] | "''"){0,200} "'"
s ::= " " | "\\n" " "{0,8}
o ::= s?
`.trim();

/**
 * A GBNF grammar of one SELECT over a schema's tables and columns, for models that write SQL as text. It keeps
 * invented tables and columns out; that a column belongs to its table is for EXPLAIN to say.
 */
export function buildSqlGrammar(schema: DatabaseSchema): string {
  const tables = schema.tables.map((table) => tableName(table, schema.searchPath));
  const columns = schema.tables.flatMap((table) => table.columns.map(({ name }) => quoteIdentifier(name)));
  return [
    fixedRules,
    `table ::= ${alternatives(tables)}`,
    `column ::= ${alternatives(columns)}`,
    `function ::= ${caseInsensitive(functions.split(' '))}`,
    `type ::= ${caseInsensitive(types.split(' '))}`,
    ...keywords.map((word) => `${word.replaceAll('_', '-')} ::= ${caseInsensitive([word])}`),
  ].join('\n');
}

function tableName(table: Table, searchPath: readonly string[]): string {
  const name = quoteIdentifier(table.name);
  return searchPath.includes(table.namespace) ? name : `${quoteIdentifier(table.namespace)}.${name}`;
}

function alternatives(texts: readonly string[]): string {
  const sorted = [...new Set(texts)].toSorted();
  return sorted.map(quoteLiteral).join(' | ') || '"-"';
}

function caseInsensitive(words: readonly string[]): string {
  return alternatives(words.flatMap((word) => [word.toUpperCase(), word.toLowerCase()]));
}

function quoteLiteral(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
