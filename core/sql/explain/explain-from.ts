import type { JoinExpr, Node, RangeFunction, RangeVar } from 'libpg-query';
import { describeCondition } from './describe-condition.ts';
import { describe, sqlOf } from './describe-expression.ts';
import { joinWords, type Words } from './writer.ts';

/** The tables, and how each is joined to those before it. */
export function explainFrom(clause: readonly Node[], words: Words): void {
  clause.forEach((node, at) => {
    if (at === 0) tellSource(node, words);
    else tellFurther(node, words);
  });
}

function tellSource(node: Node, words: Words): void {
  if ('JoinExpr' in node) return tellJoin(node.JoinExpr, words);
  words.say('tables', `Reads ${describeSource(node, words)}.`);
}

/** A comma joins without a condition of its own; the filter may hold one. */
function tellFurther(node: Node, words: Words): void {
  const first = leftmost(node);
  if ('RangeFunction' in first) {
    words.say('join', `Takes, for each of these rows, ${describeSource(first, words)}.`);
    if ('JoinExpr' in node) tellInner(node.JoinExpr, words);
    return;
  }
  words.say(
    'join',
    `Combines each of these rows with each row of ${describeSource(first, words)}; the filter may say which belong together.`,
  );
  if ('JoinExpr' in node) tellInner(node.JoinExpr, words);
}

function leftmost(node: Node): Node {
  return 'JoinExpr' in node && node.JoinExpr.larg ? leftmost(node.JoinExpr.larg) : node;
}

function tellJoin(join: JoinExpr, words: Words): void {
  if (join.larg) tellSource(join.larg, words);
  tellPartner(join, words);
}

/** The joins of an item whose first table was told already. */
function tellInner(join: JoinExpr, words: Words): void {
  if (join.larg && 'JoinExpr' in join.larg) tellInner(join.larg.JoinExpr, words);
  tellPartner(join, words);
}

const joinTexts: Record<string, (partner: string) => string> = {
  JOIN_INNER: (partner) => `Joins ${partner}, and keeps only rows that have a partner on the other side`,
  JOIN_LEFT: (partner) =>
    `Joins ${partner}, and keeps rows without a partner there, with NULL in its columns`,
  JOIN_RIGHT: (partner) =>
    `Joins ${partner}, and keeps all rows of it, with NULL in the columns before where there is no partner`,
  JOIN_FULL: (partner) =>
    `Joins ${partner}, and keeps the rows of both sides, with NULL where there is no partner`,
};

function tellPartner(join: JoinExpr, words: Words): void {
  const { rarg, quals, usingClause, isNatural, jointype = 'JOIN_INNER' } = join;
  if (!rarg) return;
  if (!quals && !usingClause && !isNatural) {
    words.say('join', `Combines each of these rows with each row of ${describeSource(rarg, words)}.`);
    return;
  }
  const partner = 'JoinExpr' in rarg ? describeGroup(rarg.JoinExpr, words) : describeSource(rarg, words);
  const text = joinTexts[jointype]?.(partner) ?? `Joins ${partner}`;
  words.say('join', `${text}: ${describePartner(join, words)}.`);
}

function describePartner({ quals, usingClause, isNatural }: JoinExpr, words: Words): string {
  if (quals) return `partners are rows where ${describeCondition(quals, words)}`;
  if (isNatural) return 'partners are rows that are equal in all columns of the same name';
  const names = (usingClause ?? []).flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
  return `partners are rows that are equal in ${joinWords(names)}`;
}

function describeGroup(join: JoinExpr, words: Words): string {
  const sides = [join.larg, join.rarg].flatMap((side) => (side ? [describeSource(side, words)] : []));
  const partners = join.quals ? ` (partners where ${describeCondition(join.quals, words)})` : '';
  return `${joinWords(sides, 'joined with')}${partners}`;
}

function describeSource(node: Node, words: Words): string {
  if ('RangeVar' in node) return describeTable(node.RangeVar);
  if ('JoinExpr' in node) return describeGroup(node.JoinExpr, words);
  if ('RangeFunction' in node) return describeFunction(node.RangeFunction, words);
  if ('RangeSubselect' in node) {
    const { subquery, alias, lateral } = node.RangeSubselect;
    const inner = subquery && 'SelectStmt' in subquery ? words.refer(subquery.SelectStmt) : 'a sub-query';
    const each = lateral ? `${inner}, made for each row,` : inner;
    return alias?.aliasname === undefined ? each : `${each} (called ${alias.aliasname})`;
  }
  return sqlOf(node);
}

function describeTable({ schemaname, relname = '', alias, inh }: RangeVar): string {
  const name = schemaname === undefined ? relname : `${schemaname}.${relname}`;
  const only = inh === false ? ' alone, without tables that inherit from it' : '';
  const called = alias?.aliasname;
  return `${name}${called === undefined || called === relname ? '' : ` (called ${called})`}${only}`;
}

function describeFunction({ functions = [], alias }: RangeFunction, words: Words): string {
  const calls = functions.flatMap((node) => ('List' in node ? (node.List.items ?? []).slice(0, 1) : []));
  const text = calls.map((call) => describe(call, words)).join(', ');
  return `the rows of ${text}${alias?.aliasname === undefined ? '' : ` (called ${alias.aliasname})`}`;
}
