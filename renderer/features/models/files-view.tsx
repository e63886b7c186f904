import { Boxes } from 'lucide-react';
import type { ListedModel, ModelFigures } from '../../../core/contract/index.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { useModelChoice } from '../../components/loop/use-model-choice.tsx';
import { Notice } from '../../components/notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useModelCatalogue } from '../../lib/models.ts';
import { AddModel } from './add-model.tsx';
import { DownloadModel } from './download-model.tsx';
import { ModelRow } from './model-row.tsx';
import { TooLargeDialog } from './too-large-dialog.tsx';
import { isTooLarge, useModelActions } from './use-model-actions.ts';
import { useModelFigures } from './use-model-figures.ts';

/** GGUF files: the starter, those of the models folder and those that were added. */
export function FilesView() {
  const catalogue = useModelCatalogue();
  const figures = useModelFigures();
  if (catalogue.isPending)
    return (
      <div role="status">
        <Spinner /> {copy.common.loading}
      </div>
    );
  if (catalogue.isError)
    return (
      <FailureNotice
        title={copy.models.loadFailed}
        error={catalogue.error}
        onRetry={() => void catalogue.refetch()}
      />
    );
  const { missing, models, inUse, folder } = catalogue.data;
  return (
    <>
      {missing.length > 0 && (
        <Notice
          tone="warning"
          title={copy.models.missingTitle}
          message={missing.map(({ path, message }) => `${path}: ${message}`).join('\n')}
        />
      )}
      <Models models={models} inUse={inUse} figures={figures} />
      <DownloadModel />
      <AddModel folder={folder} />
    </>
  );
}

interface ModelsProps {
  models: ListedModel[];
  inUse: string;
  figures: ReadonlyMap<string, ModelFigures>;
}

function Models({ models, inUse, figures }: ModelsProps) {
  const actions = useModelActions(inUse);
  const toast = useToast();
  const choice = useModelChoice(({ name }) => toast(copy.models.used(name)));
  if (models.length === 0)
    return <EmptyState icon={Boxes} title={copy.settings.noModels} hint={copy.models.addHint} />;
  const refused = actions.variables?.model;
  return (
    <section className="card" aria-label={copy.models.list}>
      {actions.isError && !isTooLarge(actions.error) && (
        <FailureNotice title={copy.models.actFailed} error={actions.error} onRetry={() => actions.reset()} />
      )}
      {actions.isError && isTooLarge(actions.error) && refused && (
        <TooLargeDialog
          error={actions.error}
          onAnyway={() => actions.mutate({ act: 'load-anyway', model: refused })}
          onClose={() => actions.reset()}
        />
      )}
      {choice.error && (
        <FailureNotice title={copy.models.actFailed} error={choice.error} onRetry={choice.reset} />
      )}
      {choice.dialog}
      <ul className="m-0 list-none p-0">
        {models.map((model) => (
          <ModelRow
            key={model.path}
            model={model}
            figures={figures.get(model.path)}
            isInUse={model.path === inUse}
            busy={actions.isPending || choice.isPending}
            onAct={(act) => actions.mutate({ act, model })}
            onUse={() => choice.choose({ path: model.embedded ? '' : model.path, name: model.name })}
          />
        ))}
      </ul>
    </section>
  );
}
