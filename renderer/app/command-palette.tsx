import { Command } from 'cmdk';
import { Dialog } from '../components/dialog.tsx';
import { copy } from '../copy.ts';
import { useAllActions, type Action } from '../lib/actions.ts';

/** Every action that can be done now, found by its name. */
export function CommandPalette({ onClose }: { onClose(): void }) {
  const groups = Map.groupBy(useAllActions(), (action) => action.group);

  function run(action: Action): void {
    onClose();
    // The dialog gives the focus back first, so that an action may move it.
    setTimeout(() => action.run());
  }

  return (
    <Dialog title={copy.palette.title} onClose={onClose} shape="palette">
      <Command label={copy.palette.title} loop>
        <Command.Input autoFocus className="palette-input" placeholder={copy.palette.placeholder} />
        <Command.List className="palette-list scroll" label={copy.palette.title}>
          <Command.Empty className="palette-empty">{copy.palette.nothing}</Command.Empty>
          {[...groups].map(([group, actions]) => (
            <Command.Group key={group} heading={group}>
              {actions.map((action) => (
                <Command.Item
                  key={action.id}
                  value={`${group} ${action.title} ${action.id}`}
                  keywords={action.keywords ?? []}
                  onSelect={() => run(action)}
                >
                  <span className="grow truncate">{action.title}</span>
                  {action.keys?.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </Dialog>
  );
}
