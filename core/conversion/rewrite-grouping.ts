import { columnFields, columnNode, constantNumber, expressionSlots, operatorOf } from './ast.ts';
import { aggregateBare, chooseAggregate, collectBare, fixUngrouped, keyOf } from './rewrite-bare.ts';
import { resolveNode, starColumns } from './rewrite-scope.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/**
 * What to do with a column that stands bare in a grouped query and that no key ties to the group: SQLite answers
 * with the value of some row. `group` adds it to GROUP BY, `aggregate` takes the least value; the proof decides.
 */
export type BareColumnRule = 'group' | 'aggregate';

/** Completes GROUP BY as PostgreSQL demands. Returns whether `rule` had to decide anything. */
export function fixGrouping(select: SelectStmt, scope: Scope, rule: BareColumnRule): boolean {
  const groups = select.groupClause ?? [];
  if (groups.length === 0) return fixUngrouped(select, scope);
  const grouped = new Set(groups.flatMap((node) => keyOfGroup(node, select, scope)));
  expandStars(select, scope, grouped);
  const implied = closeOverKeys(select, scope, grouped);
  const pick = chooseAggregate(select, scope);
  let hasChoice = false;
  for (const bare of collectBare(select, scope)) {
    if (grouped.has(bare.key) || isCoveredByPrimaryKey(bare.key, scope, grouped)) continue;
    const isImplied = implied.has(bare.key);
    if (!isImplied) hasChoice = true;
    if (!isImplied && rule === 'aggregate') {
      aggregateBare(select, scope, bare.key, pick);
    } else {
      select.groupClause?.push(bare.node);
      grouped.add(bare.key);
    }
  }
  return hasChoice;
}

function keyOfGroup(node: Node, select: SelectStmt, scope: Scope): string[] {
  const found = resolveNode(node, scope);
  if (found !== undefined) return [keyOf(found)];
  const position = constantNumber(node);
  const target = position === undefined ? undefined : select.targetList?.[Number(position) - 1];
  const named =
    'ColumnRef' in node ? scope.outputs.get(columnFields(node.ColumnRef).at(-1) ?? '') : undefined;
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : named;
  const inner = resolveNode(value, scope);
  return inner === undefined ? [] : [keyOf(inner)];
}

/** PostgreSQL itself accepts every column of a table whose declared primary key is in GROUP BY. */
function isCoveredByPrimaryKey(key: string, scope: Scope, grouped: Set<string>): boolean {
  const table = scope.relations.find((each) => key.startsWith(`${each.alias}.`));
  return (
    table?.table?.primaryKeyDeclared === true &&
    table.table.primaryKey.every((column) => grouped.has(`${table.alias}.${column}`))
  );
}

/** All columns that the grouped ones determine: through equal columns of joins, and through keys. */
function closeOverKeys(select: SelectStmt, scope: Scope, grouped: Set<string>): Set<string> {
  const known = new Set(grouped);
  const equalities = collectEqualities(select, scope);
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const [left, right] of equalities) {
      if (known.has(left)) known.add(right);
      if (known.has(right)) known.add(left);
    }
    for (const relation of scope.relations) {
      const keys =
        relation.table === undefined ? [] : [relation.table.primaryKey, ...relation.table.uniqueKeys];
      const isKnown = keys.some(
        (key) => key.length > 0 && key.every((column) => known.has(`${relation.alias}.${column}`)),
      );
      if (isKnown) for (const column of relation.columns) known.add(`${relation.alias}.${column.name}`);
    }
  }
  return known;
}

function collectEqualities(select: SelectStmt, scope: Scope): [string, string][] {
  const pairs: [string, string][] = [];
  const conditions = expressionSlots(select).filter((slot) => slot.part === 'join' || slot.part === 'where');
  const visit = (node: Node): void => {
    if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') node.BoolExpr.args?.forEach(visit);
    if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP' || operatorOf(node) !== '=') return;
    const left = resolveNode(stripCast(node.A_Expr.lexpr), scope);
    const right = resolveNode(stripCast(node.A_Expr.rexpr), scope);
    if (left?.local === true && right?.local === true) pairs.push([keyOf(left), keyOf(right)]);
  };
  for (const slot of conditions) visit(slot.node);
  return pairs;
}

function stripCast(node: Node | undefined): Node | undefined {
  return node !== undefined && 'TypeCast' in node ? node.TypeCast.arg : node;
}

/** `*` stays where the primary keys cover it. */
function expandStars(select: SelectStmt, scope: Scope, grouped: Set<string>): void {
  select.targetList = (select.targetList ?? []).flatMap((target): Node[] => {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
    if (value === undefined || !('ColumnRef' in value)) return [target];
    const fields = columnFields(value.ColumnRef);
    if (fields.at(-1) !== '*') return [target];
    const owners = scope.relations.filter((each) => fields.length === 1 || each.alias === fields[0]);
    if (owners.every((owner) => isCoveredByPrimaryKey(`${owner.alias}.`, scope, grouped))) return [target];
    return owners.flatMap((owner) =>
      starColumns([owner.alias, '*'], scope).map((column) => ({
        ResTarget: { val: columnNode(owner.alias, column.name) },
      })),
    );
  });
}
