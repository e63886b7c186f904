import { Boxes } from 'lucide-react';
import type { ModelInfo } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Notice } from '../../components/notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { Tag } from '../../components/tag.tsx';
import { copy } from '../../copy.ts';
import { describeModel, useModelCatalogue } from '../../lib/models.ts';
import { hrefOf } from '../../lib/navigation.ts';
import { AddModel } from './add-model.tsx';
import { NotYet } from './not-yet.tsx';
import { useModelActions } from './use-model-actions.ts';

export function ModelList() {
  const catalogue = useModelCatalogue();
  return (
    <>
      <div>
        <h1>{copy.pages.models}</h1>
        <p className="muted">{copy.models.intro}</p>
      </div>
      {catalogue.isPending && (
        <div role="status">
          <Spinner /> {copy.common.loading}
        </div>
      )}
      {catalogue.isError && (
        <FailureNotice
          title={copy.models.loadFailed}
          error={catalogue.error}
          onRetry={() => void catalogue.refetch()}
        />
      )}
      {catalogue.data && (
        <>
          {catalogue.data.missing.length > 0 && <Missing missing={catalogue.data.missing} />}
          <Models models={catalogue.data.models} inUse={catalogue.data.inUse} />
          <AddModel folder={catalogue.data.folder} />
          <NotYet />
        </>
      )}
    </>
  );
}

function Missing({ missing }: { missing: { path: string; message: string }[] }) {
  return (
    <Notice
      tone="warning"
      title={copy.models.missingTitle}
      message={missing.map(({ path, message }) => `${path}: ${message}`).join('\n')}
    />
  );
}

function Models({ models, inUse }: { models: ModelInfo[]; inUse: string }) {
  const actions = useModelActions(inUse);
  if (models.length === 0)
    return <EmptyState icon={Boxes} title={copy.settings.noModels} hint={copy.models.addHint} />;
  return (
    <section className="card" aria-label={copy.models.list}>
      {actions.isError && (
        <FailureNotice title={copy.models.actFailed} error={actions.error} onRetry={() => actions.reset()} />
      )}
      <ul className="m-0 list-none p-0">
        {models.map((model) => (
          <ModelRow
            key={model.path}
            model={model}
            isInUse={model.path === inUse}
            busy={actions.isPending}
            onAct={(act) => actions.mutate({ act, model })}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  model: ModelInfo;
  isInUse: boolean;
  busy: boolean;
  onAct(act: 'use' | 'load' | 'unload' | 'forget'): void;
}

function ModelRow({ model, isInUse, busy, onAct }: RowProps) {
  const isLoaded = model.state === 'loaded';
  return (
    <li className="flex flex-wrap items-center gap-[12px] border-t border-border p-[16px] first:border-t-0">
      <div className="min-w-[280px] flex-1">
        <p className="flex flex-wrap items-center gap-[8px]">
          <a className="font-semibold" href={hrefOf('models', model.path)}>
            {model.name}
          </a>
          {isInUse && <Tag tone="accent">{copy.models.inUse}</Tag>}
          {model.embedded && <Tag>{copy.models.embedded}</Tag>}
          <Tag tone={isLoaded ? 'success' : 'plain'}>{copy.models.states[model.state]}</Tag>
        </p>
        <p className="text-s text-text-2">{describeModel(model)}</p>
        <p className="font-mono text-xs text-text-2 [overflow-wrap:anywhere]">{model.path}</p>
      </div>
      <div role="group" aria-label={copy.models.actionsOf(model.name)} className="flex flex-wrap gap-[8px]">
        {!isInUse && (
          <Button small variant="primary" disabled={busy} onClick={() => onAct('use')}>
            {copy.models.use}
          </Button>
        )}
        {isLoaded ? (
          <Button small disabled={busy} onClick={() => onAct('unload')}>
            {copy.models.unload}
          </Button>
        ) : (
          <Button small disabled={busy || model.state === 'loading'} onClick={() => onAct('load')}>
            {copy.models.load}
          </Button>
        )}
        {!model.embedded && (
          <Button small variant="ghost" disabled={busy} onClick={() => onAct('forget')}>
            {copy.models.forget}
          </Button>
        )}
      </div>
    </li>
  );
}
