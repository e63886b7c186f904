import type { ErrorPayload } from '../../contract/errors.ts';
import { checkRelease, openFiles } from '../check-release.ts';

/** What a worker thread can be asked: each blocks while it reads, takes one argument and returns plain data. */
export const tasks = { checkRelease, openFiles };

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
