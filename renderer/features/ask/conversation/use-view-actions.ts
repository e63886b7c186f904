import { useEffect, useMemo, useRef } from 'react';
import { copy } from '../../../copy.ts';
import { useActions, type Action } from '../../../lib/actions.ts';

export type View = 'result' | 'candidates' | 'explanation' | 'plan';

interface ViewActions {
  /** Whether the sheet is the one on show. */
  active: boolean;
  onShow(view: View): void;
  onBeginAnew(): void;
}

/** What the command palette offers of the conversation on show. */
export function useViewActions({ active, onShow, onBeginAnew }: ViewActions): void {
  const latest = useRef({ onShow, onBeginAnew });
  useEffect(() => {
    latest.current = { onShow, onBeginAnew };
  });
  /* eslint-disable react-hooks/refs -- read when an action is run, never while drawing */
  const actions = useMemo<Action[]>(() => {
    if (!active) return [];
    const { title, beginAnew, actions: texts } = copy.conversation;
    const show = (view: View) => ({
      ...{ id: `conversation.${view}`, title: texts[view], group: title },
      run: () => latest.current.onShow(view),
    });
    return [
      { id: 'conversation.new', title: beginAnew, group: title, run: () => latest.current.onBeginAnew() },
      ...(['result', 'candidates', 'explanation', 'plan'] as const).map(show),
    ];
  }, [active]);
  /* eslint-enable react-hooks/refs */
  useActions(actions);
}
