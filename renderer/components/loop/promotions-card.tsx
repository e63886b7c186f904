import { Undo2 } from 'lucide-react';
import type { Promotion, Promotions } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { formatMoment } from '../../lib/format-values.ts';
import { hrefOf } from '../../lib/navigation.ts';
import { Button } from '../button.tsx';
import { FailureNotice } from '../failure-notice.tsx';
import { Tag } from '../tag.tsx';
import { useToast } from '../toaster.tsx';
import { usePromotions, useRollBack } from './loop-queries.ts';

const text = copy.loop.promotions;
const kindTexts: Record<Promotion['kind'], string> = {
  promoted: text.promoted,
  'rolled-back': text.rolledBack,
  chosen: text.chosen,
};

/** Which models were in use, and the way back. Nothing is shown before the first promotion. */
export function PromotionsCard() {
  const promotions = usePromotions();
  if (promotions.isError) {
    const retry = () => void promotions.refetch();
    return <FailureNotice title={text.loadFailed} error={promotions.error} onRetry={retry} />;
  }
  if (!promotions.data || promotions.data.promotions.length === 0) return null;
  return <Card {...promotions.data} />;
}

function Card({ promotions, inUse, previous }: Promotions) {
  const toast = useToast();
  const rollBack = useRollBack(({ to }) => toast(copy.loop.promote.done(to.name)));
  return (
    <section className="card" aria-label={text.title}>
      <div className="card-head">
        <h2>{text.title}</h2>
        {previous && (
          <Button
            icon={Undo2}
            disabled={rollBack.isPending || previous.missing || previous.changed === true}
            onClick={() => rollBack.mutate()}
          >
            {text.rollBack(previous.name)}
          </Button>
        )}
      </div>
      <div className="card-body grid gap-3">
        <p className="text-s text-text-2">{text.hint}</p>
        <p className="[overflow-wrap:anywhere]">
          {text.inUse}: <strong>{inUse.name}</strong>
        </p>
        {previous?.missing === true && <p className="text-s text-warning">{text.missing(previous.name)}</p>}
        {previous?.changed === true && (
          <p className="text-s text-warning">{text.changedBefore(previous.name)}</p>
        )}
        {inUse.changed === true && <p className="text-s text-warning">{text.changedNow}</p>}
        {rollBack.error && (
          <FailureNotice title={text.failed} error={rollBack.error} onRetry={() => rollBack.mutate()} />
        )}
        <ol className="m-0 grid list-none gap-2 p-0">
          {promotions.map((promotion) => (
            <Line key={promotion.id} promotion={promotion} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function Line({ promotion }: { promotion: Promotion }) {
  const { at, kind, from, to, verdict, runId, insistedBecause } = promotion;
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-s">
      <time className="text-text-2 tabular-nums" dateTime={at}>
        {formatMoment(at)}
      </time>
      <Tag tone={kind === 'promoted' ? 'accent' : 'plain'}>{kindTexts[kind]}</Tag>
      <span className="[overflow-wrap:anywhere]">{text.fromTo(from.name, to.name)}</span>
      {verdict && <span className="text-text-2">{copy.loop.gate.verdictThen[verdict]}</span>}
      {insistedBecause !== undefined && (
        <span className="text-warning">{text.insisted(insistedBecause)}</span>
      )}
      {runId !== undefined && <a href={hrefOf('training', 'run', runId)}>{text.run}</a>}
    </li>
  );
}
