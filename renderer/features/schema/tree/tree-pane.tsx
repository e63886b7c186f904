import { useDeferredValue, useMemo, useState } from 'react';
import type { DatabaseSchema } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { ExplorerTree } from './explorer-tree.tsx';
import { listLines, type TreeLine } from './tree-lines.ts';

const text = copy.explorer.tree;

interface TreePaneProps {
  schema: DatabaseSchema;
  chosen: string | undefined;
  onPick(table: string): void;
}

export function TreePane({ schema, chosen, onPick }: TreePaneProps) {
  const [search, setSearch] = useState('');
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const wanted = useDeferredValue(search);
  const lines = useMemo(
    () => listLines(schema, { closed, open, search: wanted }),
    [schema, closed, open, wanted],
  );

  function toggle({ key, icon }: TreeLine, expanded: boolean): void {
    if (icon === 'schema') setClosed(withKey(closed, key, !expanded));
    else setOpen(withKey(open, key, expanded));
  }

  return (
    <>
      <div className="flex-none p-2">
        <input
          type="search"
          className="input small w-full"
          aria-label={text.search}
          placeholder={text.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      {lines.length > 0 ? (
        <ExplorerTree lines={lines} chosen={chosen} onToggle={toggle} onPick={onPick} />
      ) : (
        <p className="empty-state" role="status">
          {text.none}
        </p>
      )}
    </>
  );
}

function withKey(keys: ReadonlySet<string>, key: string, present: boolean): ReadonlySet<string> {
  const next = new Set(keys);
  if (present) next.add(key);
  else next.delete(key);
  return next;
}
