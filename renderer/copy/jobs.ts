import type { Job, JobKind, JobState } from '../../core/contract/index.ts';
import { formatCount, pluralize } from '../lib/format-values.ts';

const kinds: Record<JobKind, string> = { evaluation: 'Evaluation', dataset: 'Dataset' };

const states: Record<JobState, string> = {
  queued: 'Waiting',
  preparing: 'Preparing',
  running: 'Running',
  cancelling: 'Cancelling',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

/** What the interface says: jobs. */
export const jobsCopy = {
  kinds,
  states,
  intro:
    'What takes long runs here. It goes on when you leave the page, and nothing is lost when the app ends.',
  loadFailed: 'The jobs cannot be read',
  noneTitle: 'No jobs yet',
  noneHint:
    'Evaluations and the dataset’s pipeline run as jobs. What they do is listed here, also after a restart.',
  startEvaluation: 'Start an evaluation',
  noMatch: 'No job fits the filter.',
  showAll: 'Show all',
  filter: 'Filter the jobs',
  filters: { all: 'All', active: 'Active', succeeded: 'Done', failed: 'Not finished' },
  list: 'Jobs',
  columns: { job: 'Job', state: 'State', progress: 'Progress', started: 'Started', duration: 'Duration' },
  active: (count: number) => pluralize(count, 'active job'),
  badge: (count: number) => `${pluralize(count, 'job')} running`,
  progressOf: (title: string) => `Progress of ${title}`,
  doneOf: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)}`,
  left: (duration: string) => `about ${duration} left`,
  attempt: (attempt: number) => `Attempt ${attempt}`,
  clear: 'Clear finished',
  cleared: (count: number) => `${pluralize(count, 'finished job')} removed from the list.`,
  back: 'All jobs',
  cancel: 'Cancel',
  cancelTitle: 'Cancel this job?',
  cancelKeeps: 'What it did so far is kept, and you can resume it.',
  cancelLoses: 'What it did so far is lost.',
  keepRunning: 'Keep it running',
  cancelJob: 'Cancel the job',
  resume: 'Resume',
  remove: 'Remove from the list',
  openResult: 'Open the result',
  failedTitle: 'It failed',
  interruptedTitle: 'The app ended before this job did',
  interruptedHint: 'What it did so far is kept.',
  interruptedResume: 'Resume it to go on from there.',
  cannot: 'That did not work',
  facts: {
    kind: 'Kind',
    created: 'Created',
    started: 'Started',
    ended: 'Ended',
    duration: 'Duration',
    attempt: 'Attempt',
  },
  log: 'Log',
  logLines: (count: number) => pluralize(count, 'line'),
  logEmpty: 'Nothing was written yet.',
  follow: 'Follow',
  followHint: 'Scrolls to each new line',
  metrics: 'Metrics',
  metricCount: (count: number) => pluralize(count, 'metric'),
  metricsShown: (count: number) => `The last ${formatCount(count)} are shown.`,
  metricNumber: 'No.',
  metricTime: 'Time',
  notFound: 'This job is not in the list any more',
  disconnected:
    'The app is away. Jobs that it ran are shown as they were; this page reads them again when it is back.',
  ended: ({ title, state }: Job) => `${states[state]}: ${title}`,
  actions: {
    open: 'Open the jobs',
    clear: 'Clear the finished jobs',
    cancel: (title: string) => `Cancel: ${title}`,
  },
};
