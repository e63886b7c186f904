import { columnNode, starFields, targetValue } from './ast.ts';
import {
  aggregateBare,
  collectAggregates,
  collectBare,
  leastValue,
  type BareColumn,
} from './rewrite-bare.ts';
import { findExtreme, takeExtremeRows, valueBeside } from './rewrite-extremes.ts';
import { isCovered, preferPrimaryKeys, readGrouping, type Grouping } from './rewrite-keys.ts';
import { starColumns } from './rewrite-scope.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/**
 * What to do with a column that stands bare in a grouped query and that no key ties to the group: SQLite answers
 * with the value of some row. `group` adds it to GROUP BY, `aggregate` takes the least value; the proof decides.
 */
export type BareColumnRule = 'group' | 'aggregate';

/** Completes GROUP BY as PostgreSQL demands. Returns whether `rule` had to decide anything. */
export function fixGrouping(select: SelectStmt, scope: Scope, rule: BareColumnRule): boolean {
  if ((select.groupClause ?? []).length === 0) return fixUngrouped(select, scope);
  const grouping = readGrouping(select, scope);
  preferPrimaryKeys(
    select,
    scope,
    [...collectBare(select, scope), ...listStarColumns(select, scope)],
    grouping,
  );
  expandStars(select, scope, grouping);
  const { grouped, determined } = grouping;
  const bare = collectBare(select, scope).filter(
    ({ key }) => !grouped.has(key) && !isCovered(key, scope, grouped),
  );
  const loose = bare.filter(({ key }) => !determined.has(key));
  const extreme = loose.length > 0 ? findExtreme(select, scope) : undefined;
  if (extreme !== undefined && takeExtremeRows(select, scope, extreme)) return false;
  for (const { key, node } of bare) {
    if (!determined.has(key) && (extreme !== undefined || rule === 'aggregate')) {
      aggregateBare(select, scope, key, extreme === undefined ? leastValue : valueBeside(extreme));
    } else if (!isCovered(key, scope, grouped)) {
      select.groupClause?.push(node);
      grouped.add(key);
    }
  }
  return loose.length > 0 && extreme === undefined;
}

/**
 * Without GROUP BY: a column beside a lone min or max is that of the row which has it, so the query is the first row
 * in that order. Beside other aggregates the column is some row's; the least value stands for it.
 */
function fixUngrouped(select: SelectStmt, scope: Scope): boolean {
  if (collectAggregates(select).length === 0) return false;
  const all = collectBare(select, scope);
  const { determined } = readGrouping(select, scope);
  for (const column of all)
    if (determined.has(column.key)) aggregateBare(select, scope, column.key, leastValue);
  const bare = all.filter((column) => !determined.has(column.key));
  if (bare.length === 0) return false;
  const extreme = findExtreme(select, scope);
  if (extreme !== undefined && takeExtremeRows(select, scope, extreme)) return false;
  const pick = extreme === undefined ? leastValue : valueBeside(extreme);
  for (const column of bare) aggregateBare(select, scope, column.key, pick);
  return extreme === undefined;
}

function listStarColumns(select: SelectStmt, scope: Scope): BareColumn[] {
  const stars = (select.targetList ?? []).map((target) => starFields(targetValue(target)));
  return stars
    .filter((fields) => fields !== undefined)
    .flatMap((fields) =>
      scope.relations
        .filter((each) => fields.length === 1 || each.alias === fields[0])
        .flatMap(({ alias, columns }) =>
          columns.map(({ name }) => ({ key: `${alias}.${name}`, node: columnNode(alias, name) })),
        ),
    );
}

/** `*` stays where the primary keys cover it. */
function expandStars(select: SelectStmt, scope: Scope, { grouped }: Grouping): void {
  select.targetList = (select.targetList ?? []).flatMap((target): Node[] => {
    const fields = starFields(targetValue(target));
    if (fields === undefined) return [target];
    const owners = scope.relations.filter((each) => fields.length === 1 || each.alias === fields[0]);
    if (owners.every((owner) => isCovered(`${owner.alias}.`, scope, grouped))) return [target];
    const isAlone = scope.relations.length === 1;
    return owners.flatMap((owner) =>
      starColumns([owner.alias, '*'], scope).map((column) => ({
        ResTarget: { val: isAlone ? columnNode(column.name) : columnNode(owner.alias, column.name) },
      })),
    );
  });
}
