import { Table2 } from 'lucide-react';
import type { HistoryEntry, VerifiedExample } from '../../../core/contract/index.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { copy } from '../../copy.ts';
import { setPreference } from '../../lib/preferences.ts';
import { useRefreshSchema } from '../../lib/queries.ts';
import { VerifiedPanel } from './conversation/verified-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { SchemaPanel } from './schema-panel.tsx';
import type { ChosenDatabase } from './use-database.ts';

interface SidePanelProps {
  tab: 'schema' | 'history' | 'verified';
  database: ChosenDatabase;
  onInsert(text: string): void;
  onRestore(entry: HistoryEntry): void;
  onOpenExample(example: VerifiedExample): void;
}

const tabs = [
  { id: 'schema', title: copy.schema.title },
  { id: 'history', title: copy.history.title },
  { id: 'verified', title: copy.conversation.verified.tab },
] as const;

export function SidePanel({ tab, database, onInsert, onRestore, onOpenExample }: SidePanelProps) {
  const { chosen, schema, opening, preparation } = database;
  const refresh = useRefreshSchema(chosen?.id);
  const waiting = opening || (chosen?.kind === 'demo' && preparation.kind === 'preparing');
  return (
    <aside className="side-panel" aria-label={copy.side.label}>
      <Tabs
        label={copy.side.label}
        tabs={tabs}
        chosen={tab}
        onChoose={(id) => setPreference('sidePanel', id)}
      >
        {tab === 'history' && chosen && <HistoryPanel connectionId={chosen.id} onRestore={onRestore} />}
        {tab === 'verified' && chosen && <VerifiedPanel connection={chosen} onOpen={onOpenExample} />}
        {tab === 'schema' && schema && (
          <SchemaPanel
            key={chosen?.id}
            schema={schema}
            onInsert={onInsert}
            onRefresh={() => void refresh()}
          />
        )}
        {tab === 'schema' && !schema && waiting && (
          <div className="empty-state">
            <Spinner size={24} />
          </div>
        )}
        {tab === 'schema' && !schema && !waiting && (
          <EmptyState icon={Table2} title={copy.schema.closedTitle} hint={copy.schema.closedHint} />
        )}
      </Tabs>
    </aside>
  );
}
