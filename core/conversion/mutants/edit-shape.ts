import { constantNumber, functionName, numberConstant } from '../ast.ts';
import { editFields } from './mutant.ts';
import { listSlots } from './walk-tree.ts';
import type { FuncCall, SelectStmt } from 'libpg-query';
import type { Edit } from './mutant.ts';

/** `SELECT DISTINCT` and `count(DISTINCT x)` without DISTINCT. */
export function editDistinct(select: SelectStmt): Edit[] {
  const own =
    select.distinctClause === undefined
      ? []
      : [editFields('distinct-dropped', 'DISTINCT dropped', select, { distinctClause: undefined })];
  const inCalls = listSlots(select).flatMap(({ node }) =>
    'FuncCall' in node && node.FuncCall.agg_distinct === true
      ? [
          editFields(
            'distinct-dropped',
            `${functionName(node)}(DISTINCT …) → ${functionName(node)}(…)`,
            node.FuncCall,
            {
              agg_distinct: undefined,
            },
          ),
        ]
      : [],
  );
  return [...own, ...inCalls];
}

const otherAggregate: Record<string, string> = { max: 'min', min: 'max', sum: 'avg', avg: 'sum' };

/** `max` ↔ `min`, `sum` ↔ `avg`, `count(x)` → `count(*)` and `count(DISTINCT x)`. */
export function editAggregates(select: SelectStmt): Edit[] {
  return listSlots(select).flatMap(({ node }) => {
    if (!('FuncCall' in node)) return [];
    const name = functionName(node) ?? '';
    const other = otherAggregate[name];
    if (other !== undefined) return [callOther(node.FuncCall, name, other)];
    const call = node.FuncCall;
    if (name !== 'count' || call.agg_star === true || call.agg_distinct === true) return [];
    return [
      editFields('aggregate-changed', 'count(…) → count(*)', call, { agg_star: true, args: undefined }),
      editFields('aggregate-changed', 'count(…) → count(DISTINCT …)', call, { agg_distinct: true }),
    ];
  });
}

function callOther(call: FuncCall, name: string, other: string): Edit {
  return editFields('aggregate-changed', `${name} → ${other}`, call, {
    funcname: [{ String: { sval: other } }],
  });
}

const setOperations = { SETOP_UNION: 'UNION', SETOP_INTERSECT: 'INTERSECT', SETOP_EXCEPT: 'EXCEPT' } as const;

/** UNION, INTERSECT and EXCEPT for each other, UNION with and without ALL. */
export function editSetOperation(select: SelectStmt): Edit[] {
  const { op } = select;
  if (op === undefined || op === 'SETOP_NONE' || !(op in setOperations)) return [];
  const isAll = select.all === true;
  const from = `${setOperations[op as keyof typeof setOperations]}${isAll ? ' ALL' : ''}`;
  const others = Object.entries(setOperations)
    .filter(([other]) => other !== op)
    .map(([other, to]) =>
      editFields('set-operation-changed', `${from} → ${to}`, select, {
        op: other as keyof typeof setOperations,
        all: undefined,
      }),
    );
  if (op !== 'SETOP_UNION') return others;
  const what = isAll ? 'UNION ALL → UNION' : 'UNION → UNION ALL';
  return [...others, editFields('set-operation-changed', what, select, { all: isAll ? undefined : true })];
}

/** ASC ↔ DESC. */
export function editOrder(select: SelectStmt): Edit[] {
  return listSlots(select).flatMap(({ node }) => {
    if (!('SortBy' in node)) return [];
    const isDescending = node.SortBy.sortby_dir === 'SORTBY_DESC';
    const what = isDescending ? 'DESC → ASC' : 'ASC → DESC';
    const sortby_dir = isDescending ? 'SORTBY_DEFAULT' : 'SORTBY_DESC';
    return [editFields('order-flipped', what, node.SortBy, { sortby_dir })];
  });
}

/** One row more and, where that leaves any, one less. */
export function editLimit(select: SelectStmt): Edit[] {
  const limit = Number(constantNumber(select.limitCount) ?? Number.NaN);
  if (!Number.isSafeInteger(limit)) return [];
  return [limit + 1, limit - 1]
    .filter((changed) => changed > 0)
    .map((changed) =>
      editFields('limit-changed', `LIMIT ${limit} → ${changed}`, select, {
        limitCount: numberConstant(String(changed)),
      }),
    );
}
