import { useQuery } from '@tanstack/react-query';
import {
  parseModelReference,
  type CoreClient,
  type Lineage,
  type TrainingVersion,
} from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatMoment } from '../../lib/format-values.ts';
import { hrefOf } from '../../lib/navigation.ts';
import { FailureNotice } from '../failure-notice.tsx';
import { loopKey } from './loop-queries.ts';

const text = copy.loop.lineage;

type LineageInput = Parameters<CoreClient['loop.lineage']>[0];

/** From an answer back to the model, the run, the dataset version and the examples, as a section of its own. */
export function LineageView({ of }: { of: LineageInput }) {
  return (
    <section className="detail-section" aria-label={text.title}>
      <h3>{text.title}</h3>
      <LineageSteps of={of} />
    </section>
  );
}

/** The same without a heading, of an answer or a model. */
export function LineageSteps({ of }: { of: LineageInput }) {
  const core = useCore();
  const lineage = useQuery({
    queryKey: [...loopKey, 'lineage', of],
    queryFn: ({ signal }) => core['loop.lineage'](of, { signal }),
  });
  return (
    <>
      {lineage.isPending && <p role="status">{copy.common.loading}</p>}
      {lineage.isError && (
        <FailureNotice title={text.failed} error={lineage.error} onRetry={() => void lineage.refetch()} />
      )}
      {lineage.data && <Steps lineage={lineage.data} />}
    </>
  );
}

function Steps({ lineage }: { lineage: Lineage }) {
  const { model, run, version, gate, promotion } = lineage;
  // Of a run that was removed only its name is known.
  const isRunGone = run?.runDir === '';
  return (
    <>
      <dl className="facts">
        <dt>{text.model}</dt>
        <dd className="[overflow-wrap:anywhere]">
          {lineage.answer ? <ModelLink model={model} /> : model.name}
          <span className="block text-s text-text-2">
            {text.origins[model.origin]} {!model.present && text.gone}
          </span>
        </dd>
        {run && (
          <>
            <dt>{text.run}</dt>
            <dd className="[overflow-wrap:anywhere]">
              {isRunGone ? run.name : <a href={hrefOf('training', 'run', run.id)}>{run.name}</a>}
              {run.checkpoint !== undefined && `, ${text.checkpoint(run.checkpoint)}`}
            </dd>
          </>
        )}
        {gate?.report && (
          <>
            <dt>{text.gate}</dt>
            <dd>{copy.loop.gate.verdictThen[gate.report.verdict]}</dd>
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
      {run && isRunGone && <p className="text-s text-text-2">{text.runGone}</p>}
      {run && !isRunGone && !version && <p className="text-s text-text-2">{text.unknown}</p>}
      {version && <VersionExamples version={version} />}
    </>
  );
}

/** To where the file is described; what is gone, or on a server, has no such place. */
function ModelLink({ model: { name, path, present } }: Pick<Lineage, 'model'>) {
  if (path === undefined || !present || /^https?:/i.test(path)) return name;
  const { adapterPath } = parseModelReference(path);
  const href = adapterPath === undefined ? hrefOf('models', path) : hrefOf('models', 'adapters');
  return <a href={href}>{name}</a>;
}

function VersionExamples({ version }: { version: TrainingVersion }) {
  return (
    <>
      <ul className="m-0 grid list-none gap-1 p-0 text-s [overflow-wrap:anywhere]" aria-label={text.sources}>
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
                <code className="block text-xs [overflow-wrap:anywhere]">{sql.replaceAll(/\s+/g, ' ')}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
