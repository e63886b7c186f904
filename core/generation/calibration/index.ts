export {
  calibratedConfidence,
  calibrationFileOf,
  calibrationSchema,
  confidenceFeatures,
  hashFile,
  readVoteSettings,
  type Calibration,
  type VoteSettings,
} from './calibration.ts';
export { applyLogistic, fitLogistic, type LogisticModel } from './fit-logistic.ts';
export { fitVoteWeights, type VoteCase } from './fit-votes.ts';
