import { columnFields, isColumn, starFields, targetValue, walkExpression } from './ast.ts';
import { conjunctionOf, conjunctsOf } from './ast-build.ts';
import type { JoinExpr, Node, SelectStmt } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/** One entry of a chain of inner joins, with the ON that stood behind it. */
interface Link {
  source: Node;
  alias: string;
}

interface Condition {
  node: Node;
  aliases: Set<string>;
}

/**
 * SQLite reads the conditions of inner joins together, wherever they stand. PostgreSQL wants each ON to speak of
 * tables named before: conditions go to the first join that has all of their tables, and a table that only a later
 * one ties to the rest waits for it. Chains in which every ON stands right are left as they are.
 */
export function placeJoinConditions(select: SelectStmt, scope: Scope): void {
  select.fromClause = select.fromClause?.map((source) => placeInChain(source, select, scope));
}

function placeInChain(source: Node, select: SelectStmt, scope: Scope): Node {
  const links: Link[] = [];
  const conditions: Condition[] = [];
  if (!collectChain(source, links, conditions, scope) || links.length < 3) return source;
  if (isPlaced(source, scope)) return source;
  const ordered = hasBareStar(select) ? links : orderLinks(links, conditions);
  return buildChain(ordered, conditions);
}

/** False where the source is no chain of inner joins between named tables. */
function collectChain(source: Node, links: Link[], conditions: Condition[], scope: Scope): boolean {
  if (!('JoinExpr' in source)) {
    const alias = aliasOf(source);
    if (alias !== undefined) links.push({ source, alias });
    return alias !== undefined;
  }
  const join = source.JoinExpr;
  if (!isPlainInner(join) || join.larg === undefined || join.rarg === undefined) return false;
  if ('JoinExpr' in join.rarg) return false;
  const isChain =
    collectChain(join.larg, links, conditions, scope) && collectChain(join.rarg, links, conditions, scope);
  for (const node of conjunctsOf(join.quals)) {
    const aliases = aliasesIn(node, scope);
    if (aliases === undefined) return false;
    conditions.push({ node, aliases });
  }
  return isChain;
}

function isPlainInner(join: JoinExpr): boolean {
  return (
    join.jointype === 'JOIN_INNER' &&
    join.isNatural !== true &&
    join.usingClause === undefined &&
    join.alias === undefined
  );
}

function aliasOf(source: Node): string | undefined {
  if ('RangeVar' in source) return source.RangeVar.alias?.aliasname ?? source.RangeVar.relname;
  return 'RangeSubselect' in source ? source.RangeSubselect.alias?.aliasname : undefined;
}

/** The tables of this FROM that a condition names; undefined where a subquery hides some. */
function aliasesIn(condition: Node, scope: Scope): Set<string> | undefined {
  const aliases = new Set<string>();
  let isKnown = true;
  walkExpression(condition, (node) => {
    if ('SubLink' in node) isKnown = false;
    if (!isColumn(node)) return undefined;
    const fields = columnFields(node.ColumnRef).map((field) => field.toLowerCase());
    const owner =
      fields.length > 1
        ? fields.at(-2)
        : scope.relations.find((each) => each.columns.some((column) => column.name === fields[0]))?.alias;
    if (scope.relations.some((each) => each.alias === owner)) aliases.add(owner ?? '');
    return undefined;
  });
  return isKnown ? aliases : undefined;
}

/** Whether every ON names only tables before it, and no join lacks a condition that stands at a later one. */
function isPlaced(source: Node, scope: Scope): boolean {
  if (!('JoinExpr' in source)) return true;
  const { larg, rarg, quals } = source.JoinExpr;
  if (larg === undefined || rarg === undefined || !isPlaced(larg, scope)) return false;
  const known = new Set([...aliasesOfSource(larg), ...aliasesOfSource(rarg)]);
  const own = aliasOf(rarg) ?? '';
  const hasCross = hasCrossJoin(larg);
  return (
    conjunctsOf(quals).every((node) => {
      const aliases = aliasesIn(node, scope) ?? new Set<string>();
      const isForward = [...aliases].some((alias) => !known.has(alias));
      return !isForward && !(hasCross && !aliases.has(own));
    }) && !(hasCross && conjunctsOf(quals).length > 1)
  );
}

function aliasesOfSource(source: Node): string[] {
  if (!('JoinExpr' in source)) return [aliasOf(source) ?? ''];
  return [source.JoinExpr.larg, source.JoinExpr.rarg].flatMap((side) =>
    side === undefined ? [] : aliasesOfSource(side),
  );
}

function hasCrossJoin(source: Node): boolean {
  if (!('JoinExpr' in source)) return false;
  const { larg, quals } = source.JoinExpr;
  return quals === undefined || (larg !== undefined && hasCrossJoin(larg));
}

function hasBareStar(select: SelectStmt): boolean {
  return (select.targetList ?? []).some((target) => starFields(targetValue(target))?.length === 1);
}

/** The author's order, but a table that no condition ties to those before waits. */
function orderLinks(links: Link[], conditions: Condition[]): Link[] {
  const ordered: Link[] = [];
  const rest = [...links];
  while (rest.length > 0) {
    const known = new Set(ordered.map((link) => link.alias));
    const isTied = (link: Link) =>
      conditions.some(
        ({ aliases }) =>
          aliases.size > 1 &&
          aliases.has(link.alias) &&
          [...aliases].every((alias) => alias === link.alias || known.has(alias)),
      );
    const next = ordered.length === 0 ? 0 : Math.max(0, rest.findIndex(isTied));
    ordered.push(...rest.splice(next, 1));
  }
  return ordered;
}

function buildChain(links: Link[], conditions: Condition[]): Node {
  const open = new Set(conditions);
  const known = new Set<string>();
  let chain: Node | undefined;
  for (const { source, alias } of links) {
    known.add(alias);
    if (chain === undefined) {
      chain = source;
      continue;
    }
    const ready = [...open].filter(({ aliases }) => [...aliases].every((each) => known.has(each)));
    for (const condition of ready) open.delete(condition);
    const quals = conjunctionOf(ready.map(({ node }) => node));
    chain = { JoinExpr: { jointype: 'JOIN_INNER', larg: chain, rarg: source, ...(quals && { quals }) } };
  }
  return chain ?? { A_Star: {} };
}
