export { collectEvidence, type CalibrationCase, type EvidenceLine } from './collect-evidence.ts';
export { fitCalibration, type FittedCalibration } from './fit-calibration.ts';
