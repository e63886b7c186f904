import { ChevronsUpDown, Database, Settings2 } from 'lucide-react';
import type { Connection } from '../../../core/contract/index.ts';
import { PopoverList, usePopover } from '../../components/popover.tsx';
import { copy } from '../../copy.ts';
import { navigate } from '../../lib/navigation.ts';
import type { ChosenDatabase } from './use-database.ts';

type DatabaseState = keyof typeof copy.databases.state;

function stateOf(connection: Connection, database: ChosenDatabase): DatabaseState {
  const { preparation, chosen } = database;
  if (!database.connected) return 'disconnected';
  if (connection.kind === 'demo' && preparation.kind !== 'ready') {
    if (preparation.kind === 'failed') return 'unreachable';
    return preparation.kind === 'idle' ? 'unchecked' : 'loading';
  }
  if (connection.id !== chosen?.id) return connection.kind === 'demo' ? 'ready' : 'unchecked';
  if (database.opening) return 'loading';
  if (database.schemaError) return 'unreachable';
  return database.schema ? 'ready' : 'unchecked';
}

interface DatabaseChooserProps {
  database: ChosenDatabase;
  onPick(connectionId: string): void;
}

/** The button that says which database is asked, and the list behind it. */
export function DatabaseChooser({ database, onPick }: DatabaseChooserProps) {
  const { open, setOpen, anchorRef, triggerRef, dismiss } = usePopover();
  const { chosen, connections } = database;
  const groups = [
    { title: copy.databases.demo, items: connections.filter((one) => one.kind === 'demo') },
    { title: copy.databases.user, items: connections.filter((one) => one.kind === 'user') },
  ].filter((group) => group.items.length > 0);
  const state = chosen && stateOf(chosen, database);
  const spoken = chosen
    ? [
        chosen.name,
        copy.databases.state[state ?? 'unchecked'],
        ...(chosen.allowWrites ? [copy.writes.allowed] : []),
      ]
    : [copy.databases.pick];
  return (
    <div className="popover-anchor" ref={anchorRef}>
      <button
        type="button"
        ref={triggerRef}
        className="chooser"
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-label={`${copy.databases.choose}: ${spoken.join(', ')}`}
        onClick={() => setOpen(!open)}
      >
        <Database aria-hidden />
        <span className="chooser-name truncate">{chosen?.name ?? copy.databases.pick}</span>
        {chosen?.allowWrites && <span className="badge">{copy.writes.allowed}</span>}
        {state && <span className={`dot ${state}`} title={copy.databases.state[state]} />}
        <ChevronsUpDown aria-hidden />
      </button>
      {open && (
        <PopoverList
          role="listbox"
          label={copy.databases.choose}
          className="chooser-list"
          onDismiss={dismiss}
        >
          {groups.map((group) => (
            <div key={group.title} role="group" aria-label={group.title}>
              <div className="menu-group" aria-hidden>
                {group.title}
              </div>
              {group.items.map((connection) => (
                <DatabaseOption
                  key={connection.id}
                  connection={connection}
                  state={stateOf(connection, database)}
                  selected={connection.id === chosen?.id}
                  onPick={() => {
                    onPick(connection.id);
                    dismiss();
                  }}
                />
              ))}
            </div>
          ))}
          <div className="menu-separator" role="presentation" />
          <button
            type="button"
            role="option"
            aria-selected={false}
            tabIndex={-1}
            className="menu-item"
            onClick={() => navigate('connections')}
          >
            <Settings2 aria-hidden />
            {copy.databases.manage}
          </button>
        </PopoverList>
      )}
    </div>
  );
}

interface OptionProps {
  connection: Connection;
  state: DatabaseState;
  selected: boolean;
  onPick(): void;
}

function DatabaseOption({ connection, state, selected, onPick }: OptionProps) {
  const where =
    connection.kind === 'demo'
      ? copy.databases.state[state]
      : `${connection.user}@${connection.host}:${connection.port}/${connection.database}`;
  return (
    <button
      type="button"
      role="option"
      aria-selected={selected}
      tabIndex={-1}
      className="menu-item"
      onClick={onPick}
    >
      <span className="option-text">
        <span className="truncate">{connection.name}</span>
        <br />
        <span className="option-note truncate">{where}</span>
      </span>
      {connection.allowWrites && <span className="badge">{copy.writes.allowed}</span>}
      <span className={`dot ${state}`} title={copy.databases.state[state]} />
    </button>
  );
}
