import { RefreshCw, Table2 } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import type { DatabaseSchema } from '../../../core/contract/index.ts';
import { IconButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { copy } from '../../copy.ts';
import { SchemaTree } from './schema-tree-view.tsx';
import { listLines } from './schema-tree.ts';

interface SchemaPanelProps {
  schema: DatabaseSchema;
  onInsert(text: string): void;
  onRefresh(): void;
}

export function SchemaPanel({ schema, onInsert, onRefresh }: SchemaPanelProps) {
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const wanted = useDeferredValue(search);
  const { lines, hidden } = useMemo(() => listLines(schema, open, wanted), [schema, open, wanted]);

  function toggle(key: string, expanded: boolean): void {
    const next = new Set(open);
    if (expanded) next.add(key);
    else next.delete(key);
    setOpen(next);
  }

  return (
    <>
      <div className="side-tools">
        <input
          type="search"
          className="input small"
          aria-label={copy.schema.search}
          placeholder={copy.schema.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <IconButton icon={RefreshCw} label={copy.schema.refresh} onClick={onRefresh} />
      </div>
      {schema.tables.length === 0 ? (
        <EmptyState icon={Table2} title={copy.schema.emptyTitle} hint={copy.schema.emptyHint} />
      ) : (
        <SchemaTree lines={lines} onToggle={toggle} onInsert={onInsert} />
      )}
      {lines.length === 0 && schema.tables.length > 0 && (
        <p className="empty-state" role="status">
          {copy.schema.noMatch}
        </p>
      )}
      {hidden > 0 && <p className="side-foot muted">{copy.schema.hidden(hidden)}</p>}
    </>
  );
}
