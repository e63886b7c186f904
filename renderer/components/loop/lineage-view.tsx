import { useQuery } from '@tanstack/react-query';
import type { CoreClient, Lineage, TrainingVersion } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatMoment } from '../../lib/format-values.ts';
import { hrefOf } from '../../lib/navigation.ts';
import { FailureNotice } from '../failure-notice.tsx';
import { loopKey } from './loop-queries.ts';

const text = copy.loop.lineage;

type LineageInput = Parameters<CoreClient['loop.lineage']>[0];

/** From an answer, or a model, back to the run, the dataset version and the examples. */
export function LineageView({ of, title = text.title }: { of: LineageInput; title?: string }) {
  const core = useCore();
  const lineage = useQuery({
    queryKey: [...loopKey, 'lineage', of],
    queryFn: ({ signal }) => core['loop.lineage'](of, { signal }),
  });
  return (
    <section className="detail-section" aria-label={title}>
      <h3>{title}</h3>
      {lineage.isPending && <p role="status">{copy.common.loading}</p>}
      {lineage.isError && (
        <FailureNotice title={text.failed} error={lineage.error} onRetry={() => void lineage.refetch()} />
      )}
      {lineage.data && <Steps lineage={lineage.data} />}
    </section>
  );
}

function Steps({ lineage: { model, run, version, gate, promotion } }: { lineage: Lineage }) {
  return (
    <>
      <dl className="facts">
        <dt>{text.model}</dt>
        <dd className="[overflow-wrap:anywhere]">
          {model.name}
          <span className="block text-s text-text-2">
            {text.origins[model.origin]} {!model.present && text.gone}
          </span>
        </dd>
        {run && (
          <>
            <dt>{text.run}</dt>
            <dd>
              <a href={hrefOf('training', 'run', run.id)}>{run.name}</a>
              {run.checkpoint !== undefined && `, ${text.checkpoint(run.checkpoint)}`}
            </dd>
          </>
        )}
        {gate?.report && (
          <>
            <dt>{text.gate}</dt>
            <dd>{copy.loop.gate.verdict[gate.report.verdict]}</dd>
          </>
        )}
        {promotion && (
          <>
            <dt>{text.promotion}</dt>
            <dd>{formatMoment(promotion.at)}</dd>
          </>
        )}
        {version && (
          <>
            <dt>{text.version}</dt>
            <dd>
              <code>{version.hash.slice(0, 12)}</code>
              <span className="block text-s text-text-2">
                {text.examples(version.trainExamples, version.validationExamples)}
              </span>
            </dd>
          </>
        )}
      </dl>
      {run && !version && <p className="text-s text-text-2">{text.unknown}</p>}
      {version && <VersionExamples version={version} />}
    </>
  );
}

function VersionExamples({ version }: { version: TrainingVersion }) {
  return (
    <>
      <ul className="m-0 grid list-none gap-1 p-0 text-s" aria-label={text.sources}>
        {version.sources.map(({ title, trainExamples, validationExamples, leftOut }) => (
          <li key={title}>
            {title}: {text.examples(trainExamples, validationExamples)}
            {leftOut > 0 && `, ${text.leftOut(leftOut)}`}
          </li>
        ))}
      </ul>
      {version.verified.length > 0 && (
        <details className="mt-2 text-s">
          <summary>{text.verified(version.verified.length)}</summary>
          <ul className="m-0 grid list-none gap-2 p-0 pt-2">
            {version.verified.map(({ id, question, sql, use, reason }) => (
              <li key={id}>
                {question}{' '}
                <span className="text-text-2">
                  ({text.use[use]}
                  {reason === undefined ? '' : `: ${reason}`})
                </span>
                <code className="block truncate text-xs">{sql.replaceAll(/\s+/g, ' ')}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
