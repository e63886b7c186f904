import type { PlanNode } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { formatCount, formatDuration } from '../../../lib/format-values.ts';

const texts = copy.plan;

/** Everything that PostgreSQL tells of one step. */
export function PlanStep({ node }: { node: PlanNode }) {
  const facts = [...factsOf(node), ...node.details.map(({ label, value }) => [label, value] as const)];
  return (
    <section className="plan-step scroll" tabIndex={0} aria-label={texts.step}>
      <h3 className="m-0 text-s">
        {node.kind}
        {node.relation !== undefined && ` ${texts.on(node.relation)}`}
      </h3>
      <dl className="m-0 grid gap-2 text-s">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt className="text-xs text-text-2">{label}</dt>
            <dd className="m-0 wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function factsOf(node: PlanNode): (readonly [string, string])[] {
  const { facts } = texts;
  const { actualRows, plannedRows, loops, ownMs, totalMs, rowsRemoved, buffers } = node;
  const all: [string, string | undefined][] = [
    [facts.rows, actualRows === undefined ? undefined : formatCount(actualRows)],
    [facts.guessed, formatCount(plannedRows)],
    [facts.loops, loops === undefined ? undefined : formatCount(loops)],
    [facts.own, ownMs === undefined ? undefined : formatDuration(ownMs)],
    [facts.total, totalMs === undefined ? undefined : formatDuration(totalMs)],
    [facts.cost, texts.costs(node.startupCost, node.totalCost)],
    [facts.removed, rowsRemoved === undefined ? undefined : formatCount(rowsRemoved)],
    [facts.buffers, buffers && texts.blocks(buffers.hit, buffers.read, buffers.written)],
    [
      facts.temp,
      buffers && buffers.tempRead + buffers.tempWritten > 0
        ? texts.temp(buffers.tempRead, buffers.tempWritten)
        : undefined,
    ],
  ];
  return all.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}
