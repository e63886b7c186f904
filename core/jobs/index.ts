export { createJobs, type Jobs, type StartJob } from './create-jobs.ts';
export { createJobsHandlers } from './handlers.ts';
export type { JobContext, JobDefinition, JobReport, JobResource } from './job-definition.ts';
export { openLineFile, type LineFile } from './line-file.ts';
