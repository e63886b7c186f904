import { Command } from 'cmdk';
import { ChevronsUpDown, Database } from 'lucide-react';
import { usePopover } from '../../components/popover.tsx';
import { copy } from '../../copy.ts';
import type { Source } from './sources.ts';

const text = copy.explorer;
const kinds = ['user', 'demo', 'spider'] as const;

interface SourceChooserProps {
  sources: Source[];
  chosen: Source | undefined;
  onPick(id: string): void;
}

/** The button that says which database is shown, and behind it the list of all with a field to find one. */
export function SourceChooser({ sources, chosen, onPick }: SourceChooserProps) {
  const { open, setOpen, anchorRef, triggerRef, dismiss } = usePopover();
  return (
    <div className="popover-anchor" ref={anchorRef}>
      <button
        type="button"
        ref={triggerRef}
        className="chooser w-full max-w-none min-w-0"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`${text.source}: ${chosen?.name ?? text.pickSource}`}
        onClick={() => setOpen(!open)}
      >
        <Database aria-hidden />
        <span className="chooser-name truncate">{chosen?.name ?? text.pickSource}</span>
        <ChevronsUpDown aria-hidden />
      </button>
      {open && (
        <div
          role="dialog"
          aria-label={text.pickSource}
          className="popover flex w-[360px] flex-col"
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            dismiss();
          }}
        >
          <Command label={text.findSource} {...(chosen ? { defaultValue: chosen.id } : {})}>
            <Command.Input autoFocus className="input small mb-1 w-full" placeholder={text.findSource} />
            <Command.List label={text.source} className="scroll max-h-[360px] overflow-auto">
              <Command.Empty className="p-3 text-text-2">{text.noSource}</Command.Empty>
              {kinds.map((kind) => (
                <SourceGroup
                  key={kind}
                  title={text.groups[kind]}
                  sources={sources.filter((source) => source.kind === kind)}
                  chosenId={chosen?.id}
                  onPick={(id) => {
                    dismiss();
                    onPick(id);
                  }}
                />
              ))}
            </Command.List>
          </Command>
        </div>
      )}
    </div>
  );
}

interface SourceGroupProps {
  title: string;
  sources: Source[];
  chosenId: string | undefined;
  onPick(id: string): void;
}

function SourceGroup({ title, sources, chosenId, onPick }: SourceGroupProps) {
  if (sources.length === 0) return null;
  return (
    <Command.Group heading={<span className="menu-group block">{title}</span>}>
      {sources.map(({ id, name, note }) => (
        <Command.Item
          key={id}
          value={id}
          keywords={[name, note]}
          onSelect={() => onPick(id)}
          className="menu-item data-[selected=true]:bg-accent-soft"
        >
          <span className="option-text">
            <span className={`block truncate ${id === chosenId ? 'font-[650]' : ''}`}>{name}</span>
            <span className="option-note block truncate">{note}</span>
          </span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}
