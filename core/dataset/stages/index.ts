export { findMissing, hashFile } from './hash-files.ts';
export type { HashedFile, StagePath } from './hash-files.ts';
export { withLock } from './lock-folder.ts';
export { checkStage, runStage } from './run-stage.ts';
export type { Stage, StageContext, StageOptions, StageState } from './run-stage.ts';
export { readStageManifest } from './stage-manifest.ts';
export type { StageManifest } from './stage-manifest.ts';
export { asideSuffix, writeAside } from './write-aside.ts';
