import type { AppInfo } from '../contract/index.ts';

/** Keeps one password for each id. Electron's safeStorage has an implementation of its own in the shell. */
export interface SecretStore {
  kind: AppInfo['secretStore'];
  /** A sentence for the user that says where passwords are. */
  note: string;
  get(id: string): Promise<string | undefined>;
  set(id: string, value: string): Promise<void>;
  /** No error where there is none. */
  remove(id: string): Promise<void>;
}
