import type { ErrorPayload } from '../../contract/errors.ts';
import { checkRelease, openFiles } from '../check-release.ts';
import { parseDatabase } from '../parse/parse-database.ts';
import { readQueries } from '../read-release.ts';
import { readPublished } from '../tables-json.ts';
import { checkDatabase } from '../verify/check-database.ts';
import { runGoldQueries } from '../verify/run-gold-queries.ts';

/** What a worker thread can be asked: each blocks while it reads, takes one argument and returns plain data. */
export const tasks = {
  checkRelease,
  openFiles,
  readQueries,
  readPublished,
  parseDatabase,
  checkDatabase,
  runGoldQueries,
};

export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
export type TaskInput<Name extends TaskName> = Parameters<Tasks[Name]>[0];
export type TaskOutput<Name extends TaskName> = Awaited<ReturnType<Tasks[Name]>>;

/** From the main thread. */
export interface TaskRequest<Name extends TaskName = TaskName> {
  task: Name;
  input: TaskInput<Name>;
}

/** To the main thread: any number of events, then one output or error. */
export type TaskReply = { event: unknown } | { output: unknown } | { error: ErrorPayload };
