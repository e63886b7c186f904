import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  jobLogLineSchema,
  jobMetricSchema,
  type JobLogLevel,
  type JobLogLine,
  type JobMetric,
} from '../contract/index.ts';
import { openLineFile, type LineFile } from './line-file.ts';

/** What a job says while it runs, in a folder of its own. */
export interface JobFiles {
  addMetric(jobId: string, value: unknown): void;
  /** At most `limit` metrics after number `afterSeq`. */
  metrics(jobId: string, afterSeq: number, limit: number): JobMetric[];
  addLog(jobId: string, text: string, level: JobLogLevel): void;
  /** @param from counted from 0 */
  log(jobId: string, from: number, limit: number): JobLogLine[];
  countLog(jobId: string): number;
  remove(jobId: string): void;
}

/** @param folder holds a folder for each job; readable by its owner only */
export function createJobFiles(folder: string): JobFiles {
  const open = new Map<string, LineFile>();
  const fileOf = (jobId: string, name: 'metrics' | 'log'): LineFile => {
    const path = join(folder, jobId, `${name}.jsonl`);
    const file = open.get(path) ?? openLineFile(path);
    open.set(path, file);
    return file;
  };
  const writable = (jobId: string, name: 'metrics' | 'log'): LineFile => {
    mkdirSync(join(folder, jobId), { recursive: true, mode: 0o700 });
    return fileOf(jobId, name);
  };
  return {
    addMetric(jobId, value) {
      const file = writable(jobId, 'metrics');
      file.append({ seq: file.count() + 1, at: new Date().toISOString(), value });
    },
    metrics: (jobId, afterSeq, limit) =>
      fileOf(jobId, 'metrics')
        .read(afterSeq, limit)
        .map((line) => jobMetricSchema.parse(line)),
    addLog(jobId, text, level) {
      const at = new Date().toISOString();
      for (const line of text.split('\n')) writable(jobId, 'log').append({ at, level, text: line });
    },
    log: (jobId, from, limit) =>
      fileOf(jobId, 'log')
        .read(from, limit)
        .map((line) => jobLogLineSchema.parse(line)),
    countLog: (jobId) => fileOf(jobId, 'log').count(),
    remove(jobId) {
      for (const name of ['metrics', 'log']) open.delete(join(folder, jobId, `${name}.jsonl`));
      rmSync(join(folder, jobId), { recursive: true, force: true });
    },
  };
}
