import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { MemoryEstimate, ModelDetails } from '../../../core/contract/index.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { LineageSteps } from '../../components/loop/lineage-view.tsx';
import { Notice } from '../../components/notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatBytes, formatCount } from '../../lib/format-values.ts';
import { formatParameters, quantizationName } from '../../lib/models.ts';
import { hrefOf } from '../../lib/navigation.ts';
import { queryKeys } from '../../lib/queries.ts';
import { describeOrigin } from './model-row.tsx';

/** One GGUF file as its header describes it. */
export function ModelDetailsView({ path }: { path: string }) {
  const core = useCore();
  const details = useQuery({
    queryKey: [...queryKeys.models, 'details', path],
    queryFn: ({ signal }) => core['models.details']({ path }, { signal }),
  });
  return (
    <>
      <div>
        <a className="button ghost small text-text no-underline" href={hrefOf('models')}>
          <ArrowLeft aria-hidden />
          <span className="button-label">{copy.models.back}</span>
        </a>
        <h1 className="[overflow-wrap:anywhere]">{details.data?.info.name ?? copy.models.details}</h1>
      </div>
      {details.isPending && (
        <div role="status">
          <Spinner /> {copy.common.loading}
        </div>
      )}
      {details.isError && (
        <FailureNotice
          title={copy.models.detailsFailed}
          error={details.error}
          onRetry={() => void details.refetch()}
        />
      )}
      {details.data && <Details details={details.data} />}
    </>
  );
}

function Details({ details }: { details: ModelDetails }) {
  const { info, chatTemplate, tensorTypes, metadata } = details;
  return (
    <>
      <Facts details={details} />
      {info.targetForm === 'sql' && chatTemplate === undefined && (
        <Notice tone="warning" title={copy.models.noTemplate} />
      )}
      <Card title={copy.loop.lineage.modelTitle}>
        <LineageSteps of={{ model: { path: info.path } }} />
      </Card>
      <TensorTypes types={tensorTypes} />
      <Card title={copy.models.template}>
        {chatTemplate === undefined ? (
          <p className="muted">{copy.models.noTemplateShort}</p>
        ) : (
          <pre
            className="scroll m-0 max-h-[280px] overflow-auto text-s whitespace-pre-wrap [overflow-wrap:anywhere]"
            tabIndex={0}
            aria-label={copy.models.template}
          >
            {chatTemplate}
          </pre>
        )}
      </Card>
      <Metadata entries={metadata} />
    </>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      <div className="card-body">{children}</div>
    </section>
  );
}

function Facts({ details: { info, origin } }: { details: ModelDetails }) {
  const { facts } = copy.models;
  const core = useCore();
  const memory = useQuery({
    queryKey: [...queryKeys.models, 'memory', info.path],
    queryFn: ({ signal }) => core['models.memory']({ path: info.path }, { signal }),
  }).data;
  const rows: [string, string][] = [
    [facts.file, info.path],
    [facts.size, formatBytes(info.sizeBytes)],
    [facts.architecture, info.architecture],
    [facts.quantization, quantizationName(info)],
    ...(info.parameters === undefined
      ? []
      : [[facts.parameters, formatParameters(info.parameters)] satisfies [string, string]]),
    [facts.context, copy.models.tokens(info.contextSize)],
    [facts.writes, copy.models.forms[info.targetForm]],
    [facts.memory, copy.models.states[info.state]],
    ...(memory ? [[facts.needs, describeNeeds(memory)] satisfies [string, string]] : []),
    ...(origin ? [[facts.origin, describeOrigin(origin)] satisfies [string, string]] : []),
    ...(origin?.licence ? [[facts.licence, origin.licence] satisfies [string, string]] : []),
  ];
  return (
    <Card title={copy.models.details}>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

/** What loading takes as it would be done now, and where the layers would go. */
function describeNeeds(memory: MemoryEstimate): string {
  const { neededBytes, gpuNeededBytes, freeBytes, gpuFreeBytes, contextSize, gpuLayers, layers, device } =
    memory;
  const [needed, free] = [formatBytes(neededBytes + gpuNeededBytes), formatBytes(freeBytes + gpuFreeBytes)];
  const needs = copy.models.needs(needed, free, copy.models.tokens(contextSize));
  return `${needs}, ${copy.models.layers(gpuLayers, layers, device)}`;
}

const cell = 'px-[8px] py-[4px] text-left align-top';
const number = 'px-[8px] py-[4px] text-right tabular-nums';

function TensorTypes({ types }: { types: ModelDetails['tensorTypes'] }) {
  const { tensorColumns } = copy.models;
  const total = types.reduce((sum, { parameters }) => sum + parameters, 0);
  return (
    <Card title={copy.models.tensors}>
      <table className="border-collapse text-s">
        <thead className="text-text-2">
          <tr>
            <th className={cell}>{tensorColumns.type}</th>
            <th className={number}>{tensorColumns.tensors}</th>
            <th className={number}>{tensorColumns.parameters}</th>
            <th className={number}>{tensorColumns.share}</th>
          </tr>
        </thead>
        <tbody>
          {types.map(({ type, tensors, parameters }) => (
            <tr key={type} className="border-t border-border">
              <td className={`${cell} font-mono`}>{type}</td>
              <td className={number}>{formatCount(tensors)}</td>
              <td className={number}>{formatParameters(parameters)}</td>
              <td className={number}>{((100 * parameters) / total).toFixed(1)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Metadata({ entries }: { entries: ModelDetails['metadata'] }) {
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const shown = entries.filter(({ key, value }) => `${key} ${value}`.toLowerCase().includes(wanted));
  return (
    <Card title={copy.models.metadata}>
      <input
        type="search"
        className="input mb-[12px] w-[280px]"
        aria-label={copy.models.metadataFilter}
        placeholder={copy.models.metadataFilter}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {shown.length === 0 && <p role="status">{copy.models.noKey}</p>}
      <dl className="facts text-s">
        {shown.map(({ key, value }) => (
          <div key={key} className="contents">
            <dt className="font-mono">{key}</dt>
            <dd className="font-mono">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
