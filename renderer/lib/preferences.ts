import { useSyncExternalStore } from 'react';
import type { CoreClient, Settings } from '../../core/contract/index.ts';

/** What the window remembers. The core keeps it; this page's own storage is only what it is drawn with until then. */
export type Preferences = Settings;
export type Theme = Settings['theme'];

const defaults: Preferences = {
  theme: 'system',
  connectionId: 'demo:ecommerce',
  runAutomatically: true,
  sidePanel: 'schema',
};
const storageKey = 'sqlcodegen.preferences';

type SettingsClient = Pick<CoreClient, 'settings.get' | 'settings.set'>;

const listeners = new Set<() => void>();
let current: Preferences | undefined;
let core: SettingsClient | undefined;
/** What was chosen and has not reached the core yet. */
let unsaved: Partial<Preferences> = {};

export function readPreferences(): Preferences {
  current ??= load();
  return current;
}

/** Takes effect at once and is kept by the core; without a connection, as soon as there is one. */
export function setPreference<K extends keyof Preferences>(key: K, value: Preferences[K]): void {
  unsaved = { ...unsaved, [key]: value };
  show({ ...readPreferences(), [key]: value });
  void save();
}

/** As `setPreference`, for what the core itself goes by: done when the core has it. */
export async function keepPreference<K extends keyof Preferences>(
  key: K,
  value: Preferences[K],
): Promise<void> {
  unsaved = { ...unsaved, [key]: value };
  show({ ...readPreferences(), [key]: value });
  await save();
}

/** Everything has its default again, in the core and here. @throws what the core throws; then nothing has changed */
export async function resetPreferences(client: Pick<CoreClient, 'settings.reset'>): Promise<void> {
  await client['settings.reset']({});
  unsaved = {};
  show(defaults);
}

/**
 * Reads what the core keeps, and brings it what was chosen meanwhile. To be called at every connection: a page in a
 * browser has another origin, and so another storage, at every start. A core that fails leaves things as they are.
 */
export async function syncPreferences(client: SettingsClient): Promise<void> {
  core = client;
  await save();
  try {
    show({ ...readPreferences(), ...(await client['settings.get']({})), ...unsaved });
  } catch {
    // The next connection tries again; the page works with its own until then.
  }
}

async function save(): Promise<void> {
  const changes = unsaved;
  if (!core || Object.keys(changes).length === 0) return;
  unsaved = {};
  try {
    await core['settings.set'](changes);
  } catch {
    // It goes with the next change or the next connection.
    unsaved = { ...changes, ...unsaved };
  }
}

function show(preferences: Preferences): void {
  current = preferences;
  try {
    localStorage.setItem(storageKey, JSON.stringify(current));
  } catch {
    // Private windows may refuse; the core keeps it anyway.
  }
  for (const listener of listeners) listener();
}

/** Forgets what was read and the core it came from, so that the next read loads again. */
export function reloadPreferences(): void {
  current = undefined;
  core = undefined;
  unsaved = {};
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
