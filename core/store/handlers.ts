import { settingsSchema, workspaceSchema, type CoreHandlers, type Settings } from '../contract/index.ts';
import type { SettingRows } from './setting-rows.ts';

const kept = settingsSchema.partial();
const key = 'window';

/** What the user set, as every part of the core reads it. */
export function readSettings(settings: SettingRows): Partial<Settings> {
  return settings.get(key, kept) ?? {};
}

/** Keeps what is given and leaves the rest as it is. */
export function changeSettings(settings: SettingRows, changes: Partial<Settings>): Partial<Settings> {
  settings.set(key, { ...readSettings(settings), ...changes });
  return readSettings(settings);
}

/** What the window remembers, in the app's own store: a browser's storage is another one for every port. */
export function createSettingsHandlers({
  settings,
}: {
  settings: SettingRows;
}): Pick<CoreHandlers, 'settings.get' | 'settings.set' | 'settings.reset'> {
  const read = () => readSettings(settings);
  return {
    'settings.get': async () => read(),
    'settings.set': async (changes) => changeSettings(settings, changes),
    async 'settings.reset'() {
      settings.set(key, {});
      return read();
    },
  };
}

const workspaceKey = 'workspace';

/** The tabs of the Ask page with what is typed in them. */
export function createWorkspaceHandlers({
  settings,
}: {
  settings: SettingRows;
}): Pick<CoreHandlers, 'workspace.get' | 'workspace.save'> {
  return {
    'workspace.get': async () => settings.get(workspaceKey, workspaceSchema) ?? { tabs: [] },
    async 'workspace.save'(workspace) {
      settings.set(workspaceKey, workspace);
      return {};
    },
  };
}
