import { memo, useEffect, useState } from 'react';
import type { Workspace } from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';
import { AskSheet } from './ask-sheet.tsx';
import { readWorkspace } from './tabs/kept-workspace.ts';
import { TabStrip } from './tabs/tab-strip.tsx';
import { useTabActions } from './tabs/use-tab-actions.ts';
import { useTabs } from './tabs/use-tabs.ts';

interface AskPageProps {
  /** Whether the page is the one on show; it keeps its state when it is not. */
  active: boolean;
  onShowShortcuts(): void;
}

export function AskPage(props: AskPageProps) {
  const core = useCore();
  const [kept, setKept] = useState<Workspace>();
  useEffect(() => {
    let wanted = true;
    void readWorkspace(core).then((workspace) => wanted && setKept((before) => before ?? workspace));
    return () => {
      wanted = false;
    };
  }, [core]);
  return kept && <AskTabs kept={kept} {...props} />;
}

/** A sheet is drawn when its tab is first chosen, and keeps its rows and its running work until the tab is closed. */
function AskTabs({ kept, active, onShowShortcuts }: AskPageProps & { kept: Workspace }) {
  const tabs = useTabs(kept);
  const { activeId } = tabs;
  const [drawn, setDrawn] = useState(() => new Set([activeId]));
  if (!drawn.has(activeId)) setDrawn(new Set([...drawn, activeId]));
  useTabActions(tabs, active);
  return (
    <div className="ask-tabs">
      <TabStrip tabs={tabs} />
      {tabs.tabs.map((tab) => {
        if (!drawn.has(tab.id)) return null;
        const isActive = tab.id === activeId;
        return (
          <div
            key={tab.id}
            id={`ask-panel-${tab.id}`}
            className="ask-tab-panel"
            role="tabpanel"
            aria-labelledby={`ask-tab-${tab.id}`}
            hidden={!isActive}
          >
            <KeptSheet
              tab={tab}
              active={active && isActive}
              onChange={tabs.change}
              onShowShortcuts={onShowShortcuts}
            />
          </div>
        );
      })}
    </div>
  );
}

/** What is typed in a sheet goes out of it, never in: drawing it again for its own text would double each key's work. */
const KeptSheet = memo(
  AskSheet,
  (before, after) =>
    before.tab.id === after.tab.id &&
    before.tab.connectionId === after.tab.connectionId &&
    before.active === after.active &&
    before.onChange === after.onChange &&
    before.onShowShortcuts === after.onShowShortcuts,
);
