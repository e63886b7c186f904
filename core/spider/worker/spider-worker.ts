import { parentPort } from 'node:worker_threads';
import { AppError } from '../../contract/errors.ts';
import { tasks, type TaskInput, type TaskName, type TaskReply, type TaskRequest } from './tasks.ts';

// The thread's own program: it answers one request after the other.
parentPort?.on('message', (request: TaskRequest) => {
  answer(request).then(reply, (error: unknown) => reply({ error: AppError.from(error).toPayload() }));
});

async function answer<Name extends TaskName>({ task, input }: TaskRequest<Name>): Promise<TaskReply> {
  const run = tasks[task] as (input: TaskInput<Name>, emit: (event: unknown) => void) => unknown;
  return { output: await run(input, (event) => reply({ event })) };
}

function reply(message: TaskReply): void {
  parentPort?.postMessage(message);
}
