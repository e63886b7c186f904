import type { AskTab, Workspace } from '../../../../core/contract/index.ts';
import type { AskRequest } from '../../../lib/ask-request.ts';

export interface TabsState {
  /** Never empty. */
  tabs: AskTab[];
  activeId: string;
  /** The latest last. */
  closed: AskTab[];
}

export type TabsAction =
  /** `insteadOf`: an empty tab that it replaces. */
  | { type: 'opened'; tab: AskTab; insteadOf?: string | undefined }
  | { type: 'closed'; id: string; connectionId: string }
  | { type: 'reopened' }
  | { type: 'chosen'; id: string }
  | { type: 'stepped'; by: 1 | -1 }
  | { type: 'moved'; id: string; by: 1 | -1 }
  | { type: 'changed'; id: string; changes: Partial<Omit<AskTab, 'id'>> };

/** Closed tabs that can be brought back. */
const mostClosed = 10;
const mostTabs = 100;

export function createTab(request: AskRequest): AskTab {
  const { connectionId, question = '', sql = '' } = request;
  const source = { kind: sql === '' ? 'none' : 'typed' } as const;
  return { id: crypto.randomUUID(), connectionId, question, sql, source };
}

export function isBlank({ question, sql, name }: AskTab): boolean {
  return question.trim() === '' && sql.trim() === '' && name === undefined;
}

/** What the tab is called: its name, else its question, else the beginning of its statement. */
export function titleOf({ name, question, sql }: AskTab): string | undefined {
  const text = name ?? (question.trim() || sql.trim().replaceAll(/\s+/g, ' '));
  return text === '' ? undefined : text.slice(0, 60);
}

export function restoreTabs({ tabs, activeId }: Workspace, connectionId: string): TabsState {
  const kept = tabs.length > 0 ? tabs : [createTab({ connectionId })];
  const active = kept.find((tab) => tab.id === activeId) ?? kept[0];
  return { tabs: kept, activeId: active?.id ?? '', closed: [] };
}

export function reduceTabs(state: TabsState, action: TabsAction): TabsState {
  const { tabs, activeId, closed } = state;
  switch (action.type) {
    case 'opened':
      return open(state, action.tab, action.insteadOf);
    case 'closed':
      return close(state, action.id, action.connectionId);
    case 'reopened': {
      const tab = closed.at(-1);
      if (!tab) return state;
      return { tabs: [...tabs, tab], activeId: tab.id, closed: closed.slice(0, -1) };
    }
    case 'chosen':
      return { ...state, activeId: action.id };
    case 'stepped': {
      const index = tabs.findIndex((tab) => tab.id === activeId);
      const next = tabs[(index + action.by + tabs.length) % tabs.length];
      return { ...state, activeId: next?.id ?? activeId };
    }
    case 'moved':
      return { ...state, tabs: move(tabs, action.id, action.by) };
    case 'changed':
      return {
        ...state,
        tabs: tabs.map((tab) => (tab.id === action.id ? { ...tab, ...action.changes } : tab)),
      };
  }
}

function open(state: TabsState, tab: AskTab, insteadOf: string | undefined): TabsState {
  if (insteadOf !== undefined) {
    const tabs = state.tabs.map((one) => (one.id === insteadOf ? tab : one));
    return { ...state, tabs, activeId: tab.id };
  }
  if (state.tabs.length >= mostTabs) return state;
  return { ...state, tabs: [...state.tabs, tab], activeId: tab.id };
}

/** The tab to its right becomes the active one, else the one to its left; the last one leaves an empty tab. */
function close({ tabs, activeId, closed }: TabsState, id: string, connectionId: string): TabsState {
  const index = tabs.findIndex((tab) => tab.id === id);
  const gone = tabs[index];
  if (!gone) return { tabs, activeId, closed };
  const others = tabs.filter((tab) => tab.id !== id);
  const left = others.length > 0 ? others : [createTab({ connectionId })];
  const next = left[Math.min(index, left.length - 1)];
  return {
    tabs: left,
    activeId: id === activeId ? (next?.id ?? '') : activeId,
    closed: isBlank(gone) ? closed : [...closed, gone].slice(-mostClosed),
  };
}

function move(tabs: AskTab[], id: string, by: 1 | -1): AskTab[] {
  const from = tabs.findIndex((tab) => tab.id === id);
  const to = from + by;
  const tab = tabs[from];
  if (!tab || to < 0 || to >= tabs.length) return tabs;
  const others = tabs.filter((one) => one.id !== id);
  return [...others.slice(0, to), tab, ...others.slice(to)];
}
