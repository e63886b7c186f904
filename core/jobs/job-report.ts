import type { JobProgress } from '../contract/index.ts';
import type { StoredJob } from '../store/index.ts';
import type { JobChanges } from './job-changes.ts';
import type { JobReport } from './job-definition.ts';
import type { JobFiles } from './job-files.ts';

export interface JobReportOptions {
  files: JobFiles;
  changes: JobChanges;
  read(): StoredJob;
  /** In memory only. */
  set(changed: Partial<StoredJob>): void;
  /** Writes the job down and tells its watchers. */
  save(): void;
}

/** How often progress is written down: what a killed process leaves is at most so old. */
const keptEveryMs = 1_000;

/** What one attempt of a job reports through. */
export function createJobReport({ files, changes, read, set, save }: JobReportOptions): JobReport {
  const { id } = read();
  let first: { done: number; total: number | undefined; at: number } | undefined;
  let savedAt = 0;
  return {
    progress(progress) {
      const { done, total } = progress;
      // Work of another size is another phase, with a pace of its own.
      if (first === undefined || first.total !== total || done < first.done) {
        first = { done, total, at: performance.now() };
      }
      const isFirst = read().state === 'preparing';
      set({ progress: { ...progress, ...remainingOf(progress, first) } });
      if (isFirst) set({ state: 'running' });
      if (isFirst || performance.now() - savedAt > keptEveryMs) {
        savedAt = performance.now();
        save();
      } else changes.tell(id);
    },
    metric(value) {
      files.addMetric(id, value);
      changes.tell(id);
    },
    log(text, level = 'info') {
      files.addLog(id, text, level);
      changes.tell(id);
    },
    result(resultId) {
      set({ resultId });
      save();
    },
    stopped: () => set({ stopped: true }),
  };
}

function remainingOf(
  { done, total }: JobProgress,
  first: { done: number; at: number },
): Pick<JobProgress, 'remainingMs'> {
  const gone = done - first.done;
  if (total === undefined || gone <= 0) return {};
  const perUnitMs = (performance.now() - first.at) / gone;
  return { remainingMs: Math.round(Math.max(0, total - done) * perUnitMs) };
}
