import { useMemo } from 'react';
import { copy } from '../copy.ts';
import { useActions, type Action } from '../lib/actions.ts';
import { navigate, pages } from '../lib/navigation.ts';
import { setPreference, type Theme } from '../lib/preferences.ts';

const themes: Theme[] = ['system', 'light', 'dark'];

/** What can be done from everywhere: go to a page, change the look, see the keys. */
export function useAppActions(onShowShortcuts: () => void): void {
  const actions = useMemo<Action[]>(
    () => [
      ...pages.map((page, index) => ({
        id: `go.${page}`,
        title: copy.palette.goTo(copy.pages[page]),
        group: copy.palette.go,
        keys: ['Alt', String(index + 1)],
        run: () => navigate(page),
      })),
      ...themes.map((theme) => ({
        id: `theme.${theme}`,
        title: copy.palette.theme(copy.settings.themes[theme]),
        group: copy.palette.look,
        run: () => setPreference('theme', theme),
      })),
      {
        ...{ id: 'help.shortcuts', title: copy.shortcuts.open, group: copy.palette.help, keys: ['?'] },
        run: onShowShortcuts,
      },
    ],
    [onShowShortcuts],
  );
  useActions(actions);
}
