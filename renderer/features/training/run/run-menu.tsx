import { Ellipsis } from 'lucide-react';
import { useMemo } from 'react';
import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { MenuButton } from '../../../components/menu-button.tsx';
import { copy } from '../../../copy.ts';
import { useActions, type Action } from '../../../lib/actions.ts';
import { cloneRun } from './clone-run.ts';
import { resumeLabelOf } from './resume-label.ts';
import type { RunVerbs } from './use-run-verbs.ts';

const text = copy.training.verbs;

/** What is asked before it is done. */
export type RunQuestion = 'cancel' | 'resume' | 'export' | 'cleanUp' | 'remove';

interface RunMenuProps {
  run: TrainingRunInfo;
  verbs: RunVerbs;
  isOff: boolean;
  onAsk(question: RunQuestion): void;
}

interface Entry {
  id: string;
  label: string;
  /** Also a button of its own: not in the menu, but in the palette. */
  isButton?: boolean;
  do(): void;
}

/** What is done less often; all of it is in the command palette too. */
export function RunMenu({ run, verbs, isOff, onAsk }: RunMenuProps) {
  const entries = listEntries(run, verbs, onAsk);
  usePaletteActions(entries, isOff);
  const items = entries.filter(({ isButton }) => !isButton);
  return (
    <MenuButton
      label={text.more}
      icon={Ellipsis}
      items={items}
      disabled={isOff || items.length === 0}
      onPick={(id) => entries.find((entry) => entry.id === id)?.do()}
    />
  );
}

function listEntries(run: TrainingRunInfo, verbs: RunVerbs, onAsk: RunMenuProps['onAsk']): Entry[] {
  const { can, draft } = run;
  const entries: (Entry & { isThere: boolean })[] = [
    { id: 'stop', label: text.stop, isThere: can.stop, isButton: true, do: verbs.stop },
    { id: 'cancel', label: text.cancel, isThere: can.cancel, isButton: true, do: () => onAsk('cancel') },
    {
      id: 'resume',
      label: resumeLabelOf(run),
      isThere: can.resume,
      isButton: true,
      do: () => onAsk('resume'),
    },
    { id: 'export', label: text.export, isThere: can.export, isButton: true, do: () => onAsk('export') },
    {
      ...{ id: 'clone', label: text.clone, isThere: draft !== undefined },
      do: () => cloneRun(run),
    },
    {
      ...{ id: 'tensorboard', label: text.tensorBoard, isThere: run.started !== undefined },
      do: verbs.openTensorBoard,
    },
    { id: 'fetch', label: text.fetch, isThere: can.fetch, do: verbs.fetch },
    { id: 'cleanUp', label: text.cleanUp(run.where), isThere: can.cleanUp, do: () => onAsk('cleanUp') },
    { id: 'remove', label: text.remove, isThere: can.remove, do: () => onAsk('remove') },
  ];
  return entries.filter(({ isThere }) => isThere);
}

function usePaletteActions(entries: readonly Entry[], isOff: boolean): void {
  // What can be done changes rarely; the run itself with every step.
  const names = isOff ? '' : entries.map(({ id }) => id).join(' ');
  const actions = useMemo<Action[]>(
    () =>
      entries
        .filter(({ id }) => names.split(' ').includes(id))
        .map((entry) => ({
          ...{ id: `training.${entry.id}`, title: text.ofThisRun(entry.label) },
          ...{ group: copy.pages.training, run: entry.do },
        })),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- published anew only where what can be done changes
    [names],
  );
  useActions(actions);
}
