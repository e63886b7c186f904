import type { FuncCall, SelectStmt } from 'libpg-query';
import type { FanOutWarning } from '../../contract/index.ts';
import { textOf, walkExpression } from './nodes.ts';

export interface FoundAggregate {
  call: FuncCall;
  effect: FanOutWarning['effect'];
  /** Whether it is over a window. */
  over: boolean;
}

/** What more of the same rows does to an aggregate. Those that are not here stay what they are: min, max, bool_and, … */
const effects = new Map<string, FanOutWarning['effect']>([
  ...(['count', 'sum', 'regr_count'] as const).map((name) => [name, 'inflated'] as const),
  ...(
    [
      ...[
        'avg',
        'stddev',
        'stddev_pop',
        'stddev_samp',
        'variance',
        'var_pop',
        'var_samp',
        'corr',
        'covar_pop',
      ],
      ...['covar_samp', 'mode', 'percentile_cont', 'percentile_disc'],
    ] as const
  ).map((name) => [name, 'skewed'] as const),
  ...(['array_agg', 'string_agg', 'json_agg', 'jsonb_agg', 'xmlagg'] as const).map(
    (name) => [name, 'repeated'] as const,
  ),
]);

/** Those that repeated rows do not change. */
const steady = new Set(
  'max min bool_and bool_or every bit_and bit_or any_value range_agg range_intersect_agg'.split(' '),
);

/** Whether a SELECT aggregates at all, other than over a window: without GROUP BY it then has one row. */
export function aggregatesRows(select: SelectStmt): boolean {
  let found = false;
  walkExpression([select.targetList, select.havingClause], (node) => {
    if (!('FuncCall' in node) || node.FuncCall.over !== undefined) return;
    const name = textOf(node.FuncCall.funcname?.at(-1)) ?? '';
    if (effects.has(name) || steady.has(name)) found = true;
  });
  return found;
}

/** Aggregates that repeated rows change, of this SELECT and not of those inside it. */
export function findAggregates(select: SelectStmt): FoundAggregate[] {
  const found: FoundAggregate[] = [];
  walkExpression([select.targetList, select.havingClause, select.sortClause], (node) => {
    if (!('FuncCall' in node)) return;
    const call = node.FuncCall;
    const effect = effects.get(textOf(call.funcname?.at(-1)) ?? '');
    if (effect === undefined || call.agg_distinct) return;
    found.push({ call, effect, over: call.over !== undefined });
  });
  return found;
}
