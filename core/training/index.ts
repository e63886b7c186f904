export { createTrainingHandlers, type TrainingHandlers } from './handlers.ts';
export { readEvents, type EventLog } from './read-events.ts';
export { readRun, type RunCheckpoint, type RunManifest, type RunState, type RunSummary } from './read-run.ts';
