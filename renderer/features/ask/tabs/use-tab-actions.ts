import { useEffect, useMemo } from 'react';
import { copy } from '../../../copy.ts';
import { useActions, type Action } from '../../../lib/actions.ts';
import type { Tabs } from './use-tabs.ts';

/** Browsers keep Ctrl+T and Ctrl+W for themselves. */
const keys = {
  open: ['Alt', 'N'],
  close: ['Alt', 'W'],
  reopen: ['Alt', 'Shift', 'W'],
  next: ['Alt', '.'],
  previous: ['Alt', ','],
};

/** What can be done with tabs, in the command palette and by keys. */
export function useTabActions(tabs: Tabs, active: boolean): void {
  const { open, close, reopen, step, move, activeId, canReopen } = tabs;
  const actions = useMemo<Action[]>(() => {
    const group = copy.workspace.tabs;
    return [
      { id: 'tabs.open', title: copy.workspace.newTab, group, keys: keys.open, run: open },
      {
        ...{ id: 'tabs.close', title: copy.workspace.closeTab, group, keys: keys.close },
        run: () => close(activeId),
      },
      ...(canReopen
        ? [{ id: 'tabs.reopen', title: copy.workspace.reopenTab, group, keys: keys.reopen, run: reopen }]
        : []),
      { id: 'tabs.next', title: copy.workspace.nextTab, group, keys: keys.next, run: () => step(1) },
      {
        ...{ id: 'tabs.previous', title: copy.workspace.previousTab, group, keys: keys.previous },
        run: () => step(-1),
      },
      { id: 'tabs.right', title: copy.workspace.moveTabRight, group, run: () => move(activeId, 1) },
      { id: 'tabs.left', title: copy.workspace.moveTabLeft, group, run: () => move(activeId, -1) },
    ];
  }, [open, close, reopen, step, move, activeId, canReopen]);
  useActions(actions);
  useEffect(() => {
    if (!active) return;
    const press = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
      const action = actions.find((one) => one.keys && isPressed(one.keys, event));
      if (!action) return;
      event.preventDefault();
      action.run();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [actions, active]);
}

/** By the key's place where it is a letter: with Alt, a Mac types another character. */
function isPressed(wanted: readonly string[], event: KeyboardEvent): boolean {
  const last = wanted.at(-1) ?? '';
  const isKey = /^[A-Z]$/.test(last) ? event.code === `Key${last}` : event.key === last;
  return isKey && wanted.includes('Shift') === event.shiftKey;
}
