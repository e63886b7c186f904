import { AppError, hasEnded } from '../../contract/index.ts';
import type { Jobs } from '../../jobs/index.ts';

/** What a user asks for, and which jobs on the same run stand in its way: they work on the same files. */
const obstacles = {
  export: ['training-export'],
  fetch: ['training-fetch'],
  // Its end would begin another export.
  resume: ['training-export'],
  cleanUp: ['training-fetch'],
  // What is measured are the run's own files.
  remove: ['training-export', 'training-fetch', 'gate'],
} as const;
export type RunWork = keyof typeof obstacles;

const doings = { 'training-export': 'exported', 'training-fetch': 'fetched', gate: 'measured' } as const;

/** Whether no job, of whichever process of the app, works on what that would change. */
export function isIdle(jobs: Pick<Jobs, 'list'>, runId: string, work: RunWork): boolean {
  return findObstacle(jobs, runId, work) === undefined;
}

/** @throws AppError CONFLICT */
export function expectIdle(jobs: Pick<Jobs, 'list'>, runId: string, work: RunWork): void {
  const kind = findObstacle(jobs, runId, work);
  if (kind === undefined) return;
  throw new AppError('CONFLICT', `The run ${runId} is being ${doings[kind]} just now.`, {
    hint: 'Wait until that has ended, or cancel it under Jobs.',
  });
}

function findObstacle(jobs: Pick<Jobs, 'list'>, runId: string, work: RunWork) {
  const busy = jobs.list().filter((job) => job.subjectId === runId && !hasEnded(job));
  return obstacles[work].find((kind) => busy.some((job) => job.kind === kind));
}
