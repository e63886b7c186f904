import { settingsSchema, workspaceSchema, type CoreHandlers, type Settings } from '../contract/index.ts';
import type { SettingRows } from './setting-rows.ts';

const kept = settingsSchema.partial();
const key = 'window';

/** What the window remembers, in the app's own store: a browser's storage is another one for every port. */
export function createSettingsHandlers({
  settings,
}: {
  settings: SettingRows;
}): Pick<CoreHandlers, 'settings.get' | 'settings.set'> {
  const read = (): Partial<Settings> => settings.get(key, kept) ?? {};
  return {
    'settings.get': async () => read(),
    async 'settings.set'(changes) {
      settings.set(key, { ...read(), ...changes });
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
