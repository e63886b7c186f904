export { createGateFolder, type GateFolder, type KeptGate } from './gate-folder.ts';
export { gateRule, judgeGate, type JudgedSet } from './judge-gate.ts';
export {
  runGate,
  type GateCase,
  type GateQuestions,
  type GateReporter,
  type RunGateDeps,
} from './run-gate.ts';
