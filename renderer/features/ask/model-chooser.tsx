import { useQuery } from '@tanstack/react-query';
import { Boxes, ChevronDown } from 'lucide-react';
import { parseModelReference, type ListedModel } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { useModelChoice } from '../../components/loop/use-model-choice.tsx';
import { PopoverList, usePopover } from '../../components/popover.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { fileNameOfTwin, quantizationName, useModelCatalogue } from '../../lib/models.ts';
import { navigate } from '../../lib/navigation.ts';
import { queryKeys } from '../../lib/queries.ts';

const text = copy.models.chooser;

/** Which model answers, with the connection's adapter; another one is a click away. */
export function ModelChooser({ connectionId }: { connectionId: string | undefined }) {
  const { open, setOpen, anchorRef, triggerRef, dismiss } = usePopover();
  const toast = useToast();
  const choices = useChoices();
  const { adapter, ignored } = useAdapter(connectionId);
  const choice = useModelChoice(
    ({ name }) => toast(copy.models.used(name)),
    (error) => toast(`${text.failed}: ${error.message}`),
  );
  const inUse = choices?.find(({ isInUse }) => isInUse);
  if (!choices) return null;
  const name = inUse?.name ?? text.label;
  const whole = adapter === undefined ? name : `${name} ${text.withAdapter(adapter)}`;
  const title = ignored === undefined ? whole : `${whole}. ${ignored}`;
  return (
    <div className="popover-anchor" ref={anchorRef}>
      <Button
        ref={triggerRef}
        variant="ghost"
        small
        icon={Boxes}
        title={`${text.label}: ${title}`}
        aria-label={`${text.label}: ${title}`}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span className="inline-block max-w-[220px] truncate align-bottom">
          {adapter === undefined ? name : `${name} + ${adapter}`}
        </span>
        <ChevronDown aria-hidden />
      </Button>
      {open && (
        <PopoverList role="menu" label={text.label} className="align-end" onDismiss={dismiss}>
          {ignored !== undefined && (
            <p className="m-0 max-w-[360px] px-3 py-2 text-s text-warning" role="presentation">
              {ignored}
            </p>
          )}
          {choices.map((each) => (
            <button
              key={each.path}
              type="button"
              role="menuitemradio"
              aria-checked={each.isInUse}
              tabIndex={-1}
              className="menu-item"
              onClick={() => {
                dismiss();
                if (!each.isInUse) choice.choose({ path: each.kept, name: each.name });
              }}
            >
              <span className={each.isInUse ? 'font-semibold' : ''}>{each.name}</span>
              <span className="text-s text-text-2"> {each.note}</span>
            </button>
          ))}
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            className="menu-item"
            onClick={() => {
              dismiss();
              navigate('models');
            }}
          >
            {text.manage}
          </button>
        </PopoverList>
      )}
      {choice.dialog}
    </div>
  );
}

interface Choice {
  name: string;
  note: string;
  path: string;
  /** What the setting holds for it: nothing for the starter. */
  kept: string;
  isInUse: boolean;
}

function useChoices(): Choice[] | undefined {
  const core = useCore();
  const catalogue = useModelCatalogue().data;
  const servers = useQuery({
    queryKey: [...queryKeys.models, 'servers'],
    queryFn: ({ signal }) => core['models.servers']({}, { signal }),
  }).data;
  if (!catalogue) return undefined;
  const { models, inUse } = catalogue;
  const files = models.map((model) => ({
    ...{ name: model.name, note: describeFile(model, models), path: model.path },
    ...{ kept: model.embedded ? '' : model.path, isInUse: model.path === inUse },
  }));
  const served = (servers ?? []).map(({ name, path, url }) => ({
    ...{ name, note: URL.parse(url)?.host ?? url, path, kept: path, isInUse: path === inUse },
  }));
  return [...files, ...served];
}

function describeFile(model: ListedModel, all: readonly ListedModel[]): string {
  return [quantizationName(model), fileNameOfTwin(model, all)].filter(Boolean).join(', ');
}

/** The connection's adapter, and why it is not applied. */
function useAdapter(connectionId: string | undefined) {
  const core = useCore();
  const answering = useQuery({
    queryKey: [...queryKeys.models, 'answering', connectionId],
    queryFn: ({ signal }) => core['models.answering']({ connectionId: connectionId ?? '' }, { signal }),
    enabled: connectionId !== undefined,
  }).data;
  if (!answering) return {};
  const { path, ignored } = answering;
  const applied = parseModelReference(path).adapterPath;
  return {
    ...(applied !== undefined && { adapter: nameOf(applied) }),
    ...(ignored && { ignored: text.ignoredAdapter(nameOf(ignored.path), ignored.reason) }),
  };
}

function nameOf(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.gguf$/, '');
}
