export { readVersion, recordVersion, versionFile, type VersionDraft } from './dataset-version.ts';
export {
  findPrevious,
  isSame,
  listPromotions,
  promote,
  rollBack,
  type PromoteInput,
  type PromotionDeps,
} from './promotions.ts';
export { traceAnswer, traceModel, type LineageDeps } from './trace-lineage.ts';
