import { useLayoutEffect, useMemo, useRef } from 'react';
import { copy } from '../../copy.ts';
import { useActions, type Action } from '../../lib/actions.ts';
import { setPreference } from '../../lib/preferences.ts';
import type { ChosenDatabase } from './use-database.ts';

interface SheetActions {
  active: boolean;
  database: ChosenDatabase;
  runAutomatically: boolean;
  /** Absent while there is nothing to run, or no way to. */
  onRun?: (() => void) | undefined;
  onCancel?: (() => void) | undefined;
  onChooseDatabase(connectionId: string): void;
  onFocusQuestion(): void;
  onShowDetails(): void;
  onToggleSide(): void;
}

/** What the command palette offers of the sheet on show. */
export function useSheetActions(sheet: SheetActions): void {
  const { active, database, runAutomatically } = sheet;
  const { connections, chosen } = database;
  // The list is published anew only where what it offers changes; what it does is always the latest.
  const latest = useRef(sheet);
  useLayoutEffect(() => {
    latest.current = sheet;
  });
  const canRun = sheet.onRun !== undefined;
  const canCancel = sheet.onCancel !== undefined;
  /* eslint-disable react-hooks/refs -- read when an action is run, never while drawing */
  const actions = useMemo<Action[]>(() => {
    if (!active) return [];
    const one = (id: string, title: string, run: (now: SheetActions) => void, keys?: string[]): Action => ({
      ...{ id: `ask.${id}`, title, group: copy.pages.ask, run: () => run(latest.current) },
      ...(keys && { keys }),
    });
    return [
      one('question', copy.ask.focusQuestion, (now) => now.onFocusQuestion(), ['/']),
      ...(canRun ? [one('run', copy.sql.runStatement, (now) => now.onRun?.(), ['Ctrl', 'Enter'])] : []),
      ...(canCancel ? [one('cancel', copy.ask.cancelRunning, (now) => now.onCancel?.(), ['Esc'])] : []),
      one('details', copy.sql.details, (now) => now.onShowDetails()),
      one('side', copy.side.toggle, (now) => now.onToggleSide()),
      one('automatic', runAutomatically ? copy.ask.proposeOnly : copy.ask.runAutomatically, () =>
        setPreference('runAutomatically', !runAutomatically),
      ),
      ...connections
        .filter(({ id }) => id !== chosen?.id)
        .map(({ id, name }) => one(`use.${id}`, copy.databases.use(name), (now) => now.onChooseDatabase(id))),
    ];
  }, [active, canRun, canCancel, runAutomatically, connections, chosen?.id]);
  /* eslint-enable react-hooks/refs */
  useActions(actions);
}
