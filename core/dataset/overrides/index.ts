export { checkOverride } from './check-override.ts';
export { findPair } from './find-pair.ts';
export { findAuthor, mergeOverride } from './merge-override.ts';
export { readOverrides, removeOverride, saveOverride } from './overrides-file.ts';
export { proveOverride } from './prove-override.ts';
export { settleOverride, settleOverrides } from './settle-overrides.ts';
export type { ProveSql } from './settle-overrides.ts';
