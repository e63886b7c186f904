import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { describeDraft, describeStart, type NamedFact } from '../describe-draft.ts';

const text = copy.training.setup;

/** What a run was asked for, and what it found. */
export function RunSetup({ run: { draft, started } }: { run: TrainingRunInfo }) {
  return (
    <div className="grid grid-cols-2 content-start items-start gap-4 max-[1100px]:grid-cols-1">
      <FactCard title={text.asked} facts={draft ? describeDraft(draft) : []} none={text.outside} />
      <FactCard title={text.found} facts={started ? describeStart(started) : []} none={text.notStarted} />
    </div>
  );
}

function FactCard({ title, facts, none }: { title: string; facts: readonly NamedFact[]; none: string }) {
  return (
    <section className="card min-w-0" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      {facts.length === 0 && <p className="card-body text-s text-text-2">{none}</p>}
      <dl className="text-s">
        {facts.map(({ name, value }) => (
          <div
            key={name}
            className="grid grid-cols-[180px_minmax(0,1fr)] gap-3 border-b border-border px-4 py-2 last:border-b-0"
          >
            <dt className="text-text-2">{name}</dt>
            <dd className="m-0 [overflow-wrap:anywhere] tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
