import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark' | 'system';

/** What this window remembers by itself; all of it is about looks and habits, none of it about data. */
export interface Preferences {
  theme: Theme;
  connectionId: string;
  runAutomatically: boolean;
  sidePanel: 'schema' | 'history' | 'hidden';
}

const defaults: Preferences = {
  theme: 'system',
  connectionId: 'demo:ecommerce',
  runAutomatically: true,
  sidePanel: 'schema',
};
const storageKey = 'sqlcodegen.preferences';

const listeners = new Set<() => void>();
let current: Preferences | undefined;

export function readPreferences(): Preferences {
  current ??= load();
  return current;
}

export function setPreference<K extends keyof Preferences>(key: K, value: Preferences[K]): void {
  current = { ...readPreferences(), [key]: value };
  try {
    localStorage.setItem(storageKey, JSON.stringify(current));
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** Forgets what was read, so that the next read loads again. */
export function reloadPreferences(): void {
  current = undefined;
  for (const listener of listeners) listener();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, readPreferences);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function load(): Preferences {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    return { ...defaults, ...(typeof kept === 'object' ? kept : {}) };
  } catch {
    return defaults;
  }
}

/** Writes the chosen theme where the style sheet reads it; `system` leaves it to the media query. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
