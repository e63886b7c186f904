import { Plus, X } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { AskTab } from '../../../../core/contract/index.ts';
import { IconButton } from '../../../components/button.tsx';
import { copy } from '../../../copy.ts';
import { useConnections } from '../../../lib/queries.ts';
import { titleOf } from './tabs-state.ts';
import type { Tabs } from './use-tabs.ts';

/** The open tabs: a click chooses, a middle click closes, a double click or F2 renames, the arrow keys move along. */
export function TabStrip({ tabs }: { tabs: Tabs }) {
  const connections = useConnections();
  const [renaming, setRenaming] = useState<string>();
  const nameOf = (id: string) => connections.data?.find((one) => one.id === id)?.name ?? id;

  function press(event: KeyboardEvent, tab: AskTab): void {
    if (event.key === 'F2') setRenaming(tab.id);
    else if (event.key === 'Delete') tabs.close(tab.id);
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft')
      tabs.step(event.key === 'ArrowRight' ? 1 : -1);
    else return;
    event.preventDefault();
  }

  return (
    <div className="tab-strip">
      <div className="tab-strip-list scroll" role="tablist" aria-label={copy.workspace.tabs}>
        {tabs.tabs.map((tab) =>
          renaming === tab.id ? (
            <TabName
              key={tab.id}
              tab={tab}
              onDone={(name) => {
                setRenaming(undefined);
                if (name !== undefined) tabs.change(tab.id, { name: name === '' ? undefined : name });
              }}
            />
          ) : (
            <SheetTab
              key={tab.id}
              tab={tab}
              databaseName={nameOf(tab.connectionId)}
              chosen={tab.id === tabs.activeId}
              onChoose={() => tabs.choose(tab.id)}
              onClose={() => tabs.close(tab.id)}
              onRename={() => setRenaming(tab.id)}
              onPress={(event) => press(event, tab)}
            />
          ),
        )}
      </div>
      <IconButton
        icon={Plus}
        label={`${copy.workspace.newTab} (${copy.workspace.newTabKeys})`}
        onClick={tabs.open}
      />
    </div>
  );
}

interface SheetTabProps {
  tab: AskTab;
  databaseName: string;
  chosen: boolean;
  onChoose(): void;
  onClose(): void;
  onRename(): void;
  onPress(event: KeyboardEvent): void;
}

function SheetTab({ tab, databaseName, chosen, onChoose, onClose, onRename, onPress }: SheetTabProps) {
  const ref = useRef<HTMLButtonElement>(null);
  const title = titleOf(tab) ?? copy.workspace.untitled;
  useEffect(() => {
    if (chosen) ref.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    // The focus follows the arrow keys.
    if (chosen && document.activeElement?.closest('.tab-strip-list')) ref.current?.focus();
  }, [chosen]);
  return (
    <span
      role="presentation"
      className={`sheet-tab ${chosen ? 'chosen' : ''}`}
      onAuxClick={(event) => event.button === 1 && onClose()}
    >
      <button
        ref={ref}
        type="button"
        role="tab"
        id={`ask-tab-${tab.id}`}
        aria-selected={chosen}
        aria-description={copy.workspace.tabKeys}
        aria-controls={chosen ? `ask-panel-${tab.id}` : undefined}
        tabIndex={chosen ? 0 : -1}
        title={`${title} · ${databaseName}`}
        onClick={onChoose}
        onDoubleClick={onRename}
        onKeyDown={onPress}
      >
        <span className="truncate">{title}</span>
        <span className="sheet-tab-note truncate">{databaseName}</span>
      </button>
      {/* A tablist may hold nothing but tabs: this is for the mouse, Delete on the tab and Alt+W are for keys. */}
      <span
        aria-hidden
        className="sheet-tab-close"
        title={`${copy.workspace.closeTab} (${copy.workspace.closeTabKeys})`}
        onClick={onClose}
      >
        <X size={14} />
      </span>
    </span>
  );
}

/** @param onDone told the new name, or undefined where it stays as it was */
function TabName({ tab, onDone }: { tab: AskTab; onDone(name: string | undefined): void }) {
  const [name, setName] = useState(tab.name ?? titleOf(tab) ?? '');
  return (
    <input
      className="sheet-tab-name"
      aria-label={copy.workspace.tabName}
      autoFocus
      maxLength={100}
      value={name}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setName(event.target.value)}
      onBlur={() => onDone(name.trim())}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onDone(name.trim());
        else if (event.key === 'Escape') onDone(undefined);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
