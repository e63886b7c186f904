export { checkOverride } from './check-override.ts';
export { findPair } from './find-pair.ts';
export { readOverrides, removeOverride, saveOverride } from './overrides-file.ts';
export { proveOverride } from './prove-override.ts';
export type { OverrideProof } from './prove-override.ts';
