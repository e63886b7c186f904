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
      <Command label={copy.palette.title} loop filter={rankAction}>
        <Command.Input autoFocus className="palette-input" placeholder={copy.palette.placeholder} />
        <Command.List className="palette-list scroll" label={copy.palette.title}>
          <Command.Empty className="palette-empty">{copy.palette.nothing}</Command.Empty>
          {[...groups].map(([group, actions]) => (
            <Command.Group key={group} heading={group}>
              {actions.map((action) => (
                <Command.Item
                  key={action.id}
                  value={`${action.title} ${idMark}${action.id}`}
                  keywords={[group, ...(action.keywords ?? [])]}
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

/** Between a title and the id that tells it from its like. */
const idMark = '\u0000';

/**
 * 0 hides. Every word typed must begin a word of the title, its group or its keywords; a title that has them as they were
 * typed comes first. (The library's own ranking takes letters from anywhere, and so finds too much.)
 */
export function rankAction(value: string, search: string, keywords: string[] = []): number {
  const [title = ''] = value.toLowerCase().split(` ${idMark}`);
  const wanted = search.toLowerCase().trim();
  const words = [title, ...keywords]
    .join(' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const isFound = wanted
    .split(/[^\p{L}\p{N}]+/u)
    .every((part) => words.some((word) => word.startsWith(part)));
  if (!isFound) return 0;
  if (title.startsWith(wanted)) return 1;
  return title.includes(wanted) ? 0.8 : 0.5;
}
