import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { AskTab, Workspace } from '../../../../core/contract/index.ts';
import { useAskRequests, type AskRequest } from '../../../lib/ask-request.ts';
import { useCore, useLinkState } from '../../../lib/core-context.tsx';
import { readPreferences, setPreference } from '../../../lib/preferences.ts';
import { keepWorkspace, saveWorkspace } from './kept-workspace.ts';
import { createTab, isBlank, reduceTabs, restoreTabs } from './tabs-state.ts';

/** The tabs and what can be done with them; every change is kept. */
export function useTabs(kept: Workspace) {
  const core = useCore();
  const connected = useLinkState().kind === 'connected';
  const [state, dispatch] = useReducer(reduceTabs, kept, (workspace) =>
    restoreTabs(workspace, readPreferences().connectionId),
  );
  const { tabs, activeId } = state;
  const active = tabs.find((tab) => tab.id === activeId);
  const latest = useRef({ tabs, activeId });

  useEffect(() => {
    latest.current = { tabs, activeId };
    keepWorkspace(core, { tabs, activeId });
  }, [core, tabs, activeId]);

  useEffect(() => {
    if (connected) saveWorkspace(core, latest.current);
    const save = () => saveWorkspace(core, latest.current);
    window.addEventListener('pagehide', save);
    return () => window.removeEventListener('pagehide', save);
  }, [core, connected]);

  const change = useCallback((id: string, changes: Partial<Omit<AskTab, 'id'>>) => {
    if (changes.connectionId !== undefined) setPreference('connectionId', changes.connectionId);
    dispatch({ type: 'changed', id, changes });
  }, []);

  const takeRequest = useCallback((request: AskRequest) => {
    const shown = latest.current.tabs.find((tab) => tab.id === latest.current.activeId);
    setPreference('connectionId', request.connectionId);
    const insteadOf = shown && isBlank(shown) ? shown.id : undefined;
    dispatch({ type: 'opened', tab: createTab(request), insteadOf });
  }, []);
  useAskRequests(takeRequest);

  return {
    tabs,
    activeId,
    canReopen: state.closed.length > 0,
    change,
    open: useCallback(() => {
      const connectionId = active?.connectionId ?? readPreferences().connectionId;
      dispatch({ type: 'opened', tab: createTab({ connectionId }) });
    }, [active?.connectionId]),
    close: useCallback((id: string) => {
      dispatch({ type: 'closed', id, connectionId: readPreferences().connectionId });
    }, []),
    reopen: useCallback(() => dispatch({ type: 'reopened' }), []),
    choose: useCallback((id: string) => dispatch({ type: 'chosen', id }), []),
    step: useCallback((by: 1 | -1) => dispatch({ type: 'stepped', by }), []),
    move: useCallback((id: string, by: 1 | -1) => dispatch({ type: 'moved', id, by }), []),
  };
}

export type Tabs = ReturnType<typeof useTabs>;
