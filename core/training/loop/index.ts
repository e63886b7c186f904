export { readVersion, recordVersion, versionFile, type VersionDraft } from './dataset-version.ts';
export { findPrevious, isSame } from './judge-change.ts';
export {
  listPromotions,
  noteChange,
  promote,
  rollBack,
  useModel,
  type PromoteInput,
  type PromotionDeps,
} from './promotions.ts';
export { traceAnswer, traceModel, type LineageDeps } from './trace-lineage.ts';
