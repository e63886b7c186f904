import type { Node, SelectStmt } from 'libpg-query';
import { describe } from './describe-expression.ts';
import { hasAggregate } from './explain-output.ts';
import { joinWords, type Words } from './writer.ts';

export function explainGroups(select: SelectStmt, words: Words): void {
  const { groupClause } = select;
  if (groupClause) {
    words.say('group', `Makes one row for each ${describeKeys(select, groupClause, words)}.`);
  } else if (hasAggregate(select)) {
    words.say('group', 'Makes one row of all that are left.');
  }
}

function describeKeys(select: SelectStmt, keys: readonly Node[], words: Words): string {
  return joinWords(
    keys.map((key) => {
      if (!('GroupingSet' in key)) return describe(outputAt(select, key), words);
      const { kind, content = [] } = key.GroupingSet;
      const names = content.map((node) => describe(node, words)).join(', ');
      if (kind === 'GROUPING_SET_ROLLUP')
        return `combination of ${names}, with subtotals from the right and a total`;
      if (kind === 'GROUPING_SET_CUBE') return `combination of ${names}, with all subtotals and a total`;
      return kind === 'GROUPING_SET_EMPTY' ? 'whole (the total)' : `of the sets ${names}`;
    }),
  );
}

/** `GROUP BY 1` and `ORDER BY 1` mean an output column. */
function outputAt(select: SelectStmt, node: Node): Node {
  const place = 'A_Const' in node ? node.A_Const.ival?.ival : undefined;
  const target = place === undefined ? undefined : select.targetList?.[place - 1];
  return target && 'ResTarget' in target && target.ResTarget.val ? target.ResTarget.val : node;
}

export function explainOrder(select: SelectStmt, words: Words): void {
  const { sortClause } = select;
  if (!sortClause) return;
  const keys = sortClause.map((node) => describeSortKey(select, node, words));
  words.say('order', `Sorts by ${keys.join(', then by ')}.`);
}

export function describeSortKey(select: SelectStmt | undefined, node: Node, words: Words): string {
  if (!('SortBy' in node) || !node.SortBy.node) return describe(node, words);
  const { node: key, sortby_dir, sortby_nulls } = node.SortBy;
  const output = select ? outputAt(select, key) : key;
  // Of a set operation the columns are known by their place alone.
  const isPlace = output === key && 'A_Const' in key && key.A_Const.ival !== undefined;
  const name = `${isPlace ? 'column ' : ''}${describe(output, words)}`;
  const direction = sortby_dir === 'SORTBY_DESC' ? 'the largest first' : 'the smallest first';
  const nulls: Record<string, string> = {
    SORTBY_NULLS_FIRST: ', NULL before all others',
    SORTBY_NULLS_LAST: ', NULL after all others',
  };
  return `${name} (${direction}${nulls[sortby_nulls ?? ''] ?? ''})`;
}

export function explainLimit(select: SelectStmt, words: Words): void {
  const { limitCount, limitOffset, limitOption } = select;
  const skipped = limitOffset ? describe(limitOffset, words) : undefined;
  const isAll = limitCount && 'A_Const' in limitCount && limitCount.A_Const.isnull === true;
  if (!limitCount || isAll) {
    if (skipped !== undefined) words.say('limit', `Leaves the first ${skipped} rows out.`);
    return;
  }
  const count = describe(limitCount, words);
  const rows = count === '1' ? 'row' : `${count} rows`;
  const after = skipped === undefined ? '' : ` after the first ${skipped}`;
  const ties =
    limitOption === 'LIMIT_OPTION_WITH_TIES' ? ', and those that are equal to the last in order' : '';
  const order = select.sortClause ? '' : '; without an order, which ones is left to chance';
  words.say(
    'limit',
    `Gives ${skipped === undefined ? 'the first' : 'the next'} ${rows}${after}${ties}${order}.`,
  );
}
