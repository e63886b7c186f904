export { createRuns, type RunJobs, type Runs, type RunsDeps } from './create-runs.ts';
export type { RunJobContext, RunJobInput } from './follow-run.ts';
export { addHappening, readLaunch, type LaunchFile } from './launch-file.ts';
export { toLaunchedRun, type RunStore, type StoredRun } from './run-store.ts';
export { watchRun } from './watch-run.ts';
