import { Boxes } from 'lucide-react';
import type { ModelInfo } from '../../../core/contract/index.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { useModelChoice } from '../../components/loop/use-model-choice.tsx';
import { Notice } from '../../components/notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { Tag } from '../../components/tag.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { describeModel, useModelCatalogue } from '../../lib/models.ts';
import { hrefOf } from '../../lib/navigation.ts';
import { Section } from './section.tsx';

/** Which model answers; adding and inspecting is the Models page's. */
export function ModelSection() {
  const catalogue = useModelCatalogue();
  return (
    <Section
      title={copy.privacy.modelInUse}
      hint={copy.privacy.modelHint}
      actions={
        <a className="button ghost small text-text no-underline" href={hrefOf('models')}>
          <Boxes aria-hidden />
          <span className="button-label">{copy.privacy.manageModels}</span>
        </a>
      }
    >
      {catalogue.isPending && <Spinner />}
      {catalogue.isError && (
        <FailureNotice
          title={copy.privacy.modelFailed}
          error={catalogue.error}
          onRetry={() => void catalogue.refetch()}
        />
      )}
      {catalogue.data && (
        <>
          {catalogue.data.missing
            .filter(({ path }) => path === catalogue.data.inUse)
            .map(({ path, message }) => (
              <Notice key={path} tone="warning" title={copy.privacy.modelMissing} message={message} />
            ))}
          <ModelChoice models={catalogue.data.models} inUse={catalogue.data.inUse} />
        </>
      )}
    </Section>
  );
}

function ModelChoice({ models, inUse }: { models: ModelInfo[]; inUse: string }) {
  const toast = useToast();
  const choice = useModelChoice(({ name }) => toast(copy.privacy.modelKept(name)));
  return (
    <div role="radiogroup" aria-label={copy.privacy.modelInUse} className="grid gap-[8px]">
      {models.map((model) => (
        <label
          key={model.path}
          className="grid cursor-pointer grid-cols-[auto_minmax(0,1fr)] gap-x-[12px] rounded-m border border-border px-[12px] py-[8px] has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            type="radio"
            name="model"
            className="row-span-3 mt-[4px]"
            checked={model.path === inUse}
            disabled={choice.isPending}
            onChange={() => choice.choose({ path: model.embedded ? '' : model.path, name: model.name })}
          />
          <span className="font-semibold">
            {model.name} {model.embedded && <Tag>{copy.privacy.starterTag}</Tag>}
          </span>
          <span className="text-s text-text-2">{describeModel(model)}</span>
          <span className="font-mono text-xs text-text-2 [overflow-wrap:anywhere]">{model.path}</span>
        </label>
      ))}
      {choice.error && (
        <FailureNotice title={copy.models.actFailed} error={choice.error} onRetry={choice.reset} />
      )}
      {choice.dialog}
      {/^https?:/.test(inUse) && (
        <p>
          {copy.privacy.endpoint}: <span className="font-mono">{inUse}</span>
        </p>
      )}
    </div>
  );
}
