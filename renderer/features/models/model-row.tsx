import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ListedModel, ModelFigures, ModelOrigin } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { Tag } from '../../components/tag.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatBytes, formatCount } from '../../lib/format-values.ts';
import { describeModel } from '../../lib/models.ts';
import { hrefOf } from '../../lib/navigation.ts';
import { queryKeys } from '../../lib/queries.ts';
import { findShell } from '../../lib/shell.ts';
import { QuantizeDialog } from './quantize-dialog.tsx';
import type { ModelAct } from './use-model-actions.ts';

interface RowProps {
  model: ListedModel;
  figures: ModelFigures | undefined;
  isInUse: boolean;
  busy: boolean;
  onAct(act: ModelAct): void;
  onUse(): void;
}

export function ModelRow({ model, figures, ...actions }: RowProps) {
  const { isInUse } = actions;
  const isLoaded = model.state === 'loaded';
  return (
    <li className="flex flex-wrap items-start gap-[12px] border-t border-border p-[16px] first:border-t-0">
      <div className="min-w-[280px] flex-1">
        <p className="flex flex-wrap items-center gap-[8px]">
          <a className="font-semibold [overflow-wrap:anywhere]" href={hrefOf('models', model.path)}>
            {model.name}
          </a>
          {isInUse && <Tag tone="accent">{copy.models.inUse}</Tag>}
          {model.embedded && <Tag>{copy.models.embedded}</Tag>}
          <Tag tone={isLoaded ? 'success' : 'plain'}>{copy.models.states[model.state]}</Tag>
        </p>
        <p className="text-s text-text-2">
          {[describeModel(model), model.licence].filter(Boolean).join(' · ')}
          {model.origin && (
            <>
              {' · '}
              <OriginLink origin={model.origin} />
            </>
          )}
        </p>
        <Figures figures={figures} isLoaded={isLoaded} />
        <p className="font-mono text-xs text-text-2 [overflow-wrap:anywhere]">{model.path}</p>
      </div>
      <RowActions model={model} {...actions} />
    </li>
  );
}

/** Where a file came from, in words. */
export function describeOrigin(origin: ModelOrigin): string {
  const texts = copy.models.origin;
  if (origin.kind === 'run') return texts.run(origin.run);
  if (origin.kind === 'quantized') return texts.quantized(origin.from.split(/[\\/]/).at(-1) ?? origin.from);
  const from = texts.download(origin.hubId ?? URL.parse(origin.url)?.host ?? origin.url);
  return origin.verified ? from : `${from} (${texts.unverified})`;
}

/** The same; a run's name leads to the run. */
export function OriginLink({ origin }: { origin: ModelOrigin }) {
  const said = describeOrigin(origin);
  return origin.kind === 'run' ? <a href={hrefOf('training', 'run', origin.runId)}>{said}</a> : said;
}

function Figures({ figures, isLoaded }: { figures: ModelFigures | undefined; isLoaded: boolean }) {
  const core = useCore();
  const loaded = useQuery({
    queryKey: [...queryKeys.models, 'loaded'],
    queryFn: ({ signal }) => core['models.loaded']({}, { signal }),
    enabled: isLoaded,
  }).data?.loaded;
  const texts = copy.models;
  const accuracy = (figures?.accuracy ?? []).map(({ split, execution }) =>
    texts.accuracyOn(split, formatShare(execution.share), formatCount(execution.n)),
  );
  const speed = figures?.speed;
  const parts = [
    ...accuracy,
    ...(speed ? [texts.speedOf(speed.tokensPerSecond.toFixed(1))] : []),
    ...(speed ? [texts.memoryOf(formatBytes(speed.memoryBytes + (speed.gpuMemoryBytes ?? 0)))] : []),
    ...(isLoaded && loaded ? [texts.layers(loaded.gpuLayers, loaded.layers, loaded.device)] : []),
  ];
  return (
    <p className="text-s tabular-nums">
      {parts.length === 0 ? <span className="text-text-2">{texts.notMeasured}</span> : parts.join(' · ')}
    </p>
  );
}

function formatShare(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(1)} %`;
}

function RowActions({ model, isInUse, busy, onAct, onUse }: Omit<RowProps, 'figures'>) {
  const [asking, setAsking] = useState<'delete' | 'quantize'>();
  const shell = findShell();
  const isLoaded = model.state === 'loaded';
  const close = () => setAsking(undefined);
  return (
    <div
      role="group"
      aria-label={copy.models.actionsOf(model.name)}
      className="flex max-w-[520px] flex-wrap justify-end gap-[8px]"
    >
      {!isInUse && (
        <Button small variant="primary" disabled={busy} onClick={onUse}>
          {copy.models.use}
        </Button>
      )}
      <Button
        small
        disabled={busy || model.state === 'loading'}
        onClick={() => onAct(isLoaded ? 'unload' : 'load')}
      >
        {isLoaded ? copy.models.unload : copy.models.load}
      </Button>
      <Button small variant="ghost" disabled={busy} onClick={() => onAct('measure')}>
        {copy.models.measure}
      </Button>
      <Button small variant="ghost" disabled={busy} onClick={() => setAsking('quantize')}>
        {copy.models.quantize}
      </Button>
      {shell && (
        <Button small variant="ghost" onClick={() => void shell.revealPath(model.path)}>
          {copy.models.reveal}
        </Button>
      )}
      {model.owned && (
        <Button small variant="ghost" disabled={busy || isInUse} onClick={() => setAsking('delete')}>
          {copy.models.remove}
        </Button>
      )}
      {!model.embedded && !model.owned && (
        <Button small variant="ghost" disabled={busy} onClick={() => onAct('forget')}>
          {copy.models.forget}
        </Button>
      )}
      {asking === 'quantize' && <QuantizeDialog model={model} onClose={close} />}
      {asking === 'delete' && (
        <ConfirmDialog
          title={copy.models.removeTitle(model.name)}
          text={copy.models.removeText(model.path, formatBytes(model.sizeBytes))}
          action={copy.models.remove.replace('…', '')}
          onConfirm={() => {
            close();
            onAct('delete');
          }}
          onClose={close}
        />
      )}
    </div>
  );
}
