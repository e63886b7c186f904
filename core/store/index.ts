export { createSettingsHandlers, createWorkspaceHandlers } from './handlers.ts';
export { storedConnectionSchema, type ConnectionRows, type StoredConnection } from './connection-rows.ts';
export { ensureDataDir, resolveDataDir } from './data-dir.ts';
export type { HistoryDraft, HistoryRows } from './history-rows.ts';
export type { JobRows, StoredJob } from './job-rows.ts';
export { moveStoreAside, openStore, type Store } from './open-store.ts';
export type { SettingRows } from './setting-rows.ts';
export type { VerifiedRows } from './verified-rows.ts';
