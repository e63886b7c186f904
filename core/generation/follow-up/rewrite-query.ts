import type { DatabaseSchema } from '../../contract/index.ts';
import type { ValueHint } from '../../schema/index.ts';
import { limitTo, QueryEdit, withoutLimit } from './query-edit.ts';
import { QueryScope } from './query-scope.ts';
import { readChanges } from './read-changes.ts';
import type { Change } from './rules.ts';
import { fieldsOf, isAggregated, listOf, parseSelect, printSelect, type SelectNode } from './sql-nodes.ts';

export interface FollowUpInput {
  schema: DatabaseSchema;
  /** The statement that the follow-up changes. */
  sql: string;
  question: string;
  /** Stored values that the follow-up names. */
  hints: readonly ValueHint[];
}

/**
 * The earlier statement as an elliptical follow-up changes it, on its parse tree: one more condition or another value, order,
 * limit, groups, columns, an aggregate, or its rows counted. Undefined for every follow-up that these rules do not understand
 * to its last word. What comes out parses; whether PostgreSQL plans it is for EXPLAIN to say.
 */
export async function rewriteFollowUp({
  schema,
  sql,
  question,
  hints,
}: FollowUpInput): Promise<string | undefined> {
  const changes = readChanges(question);
  let select = changes && (await parseSelect(sql).catch(() => undefined));
  for (const change of changes ?? []) select = select && (await applyChange(schema, select, change, hints));
  return select && printSelect(select);
}

async function applyChange(
  schema: DatabaseSchema,
  select: SelectNode,
  change: Change,
  hints: readonly ValueHint[],
): Promise<SelectNode | undefined> {
  const isLimited = select['limitCount'] !== undefined;
  if (change.kind === 'count') return countRows(select, change.isCounted);
  if (change.kind === 'all') return isLimited ? withoutLimit(select) : undefined;
  if (change.kind === 'limit' && !change.ranked) return limitTo(select, change.count);
  const scope = select['op'] === 'SETOP_NONE' ? QueryScope.of(schema, select) : undefined;
  if (!scope) return undefined;
  const edit = new QueryEdit(scope, select);
  switch (change.kind) {
    case 'limit':
      return edit.rank(change);
    case 'order':
      return change.ofLimit && !isLimited
        ? undefined
        : edit.order(change.phrase, change.descending, change.byDate);
    case 'group':
      return edit.group(change.phrase);
    case 'show':
      return edit.show(change.phrase);
    case 'aggregate':
      return edit.aggregate(change.name, change.phrase);
    case 'filter':
      return edit.filter(change.phrase, change.negated, hints);
  }
}

/** A lone figure has no rows worth counting. */
async function countRows(select: SelectNode, isCounted: boolean): Promise<SelectNode | undefined> {
  const grouped = listOf(select, 'groupClause').length > 0;
  if (isAggregated(select) && !grouped) return isCounted ? select : undefined;
  const outer = await parseSelect('SELECT count(*) FROM (SELECT 1) AS earlier');
  const [range] = listOf(outer ?? {}, 'fromClause');
  const fields = fieldsOf(range, 'RangeSubselect');
  if (!outer || !fields) return undefined;
  const { sortClause: _sort, ...unsorted } = select;
  const inner = select['limitCount'] === undefined ? unsorted : select;
  return { ...outer, fromClause: [{ RangeSubselect: { ...fields, subquery: { SelectStmt: inner } } }] };
}
