import { setTimeout as wait } from 'node:timers/promises';
import { AppError, type CoreClient, type Job, type TrainingRunInfo } from '../../contract/index.ts';
import { hasEnded } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { formatRun } from './train-format.ts';

const pollMs = 250;

/** Waits until the trainer runs, elsewhere until it is all there, or until it has failed. */
export async function untilStarted(
  runId: string,
  client: CoreClient,
  { console, signal }: CliContext,
): Promise<TrainingRunInfo> {
  for (;;) {
    const run = await client['training.get']({ runId }, { signal });
    const isWaiting = run.state === 'preparing' || (run.state === 'waiting' && run.target.kind !== 'colab');
    if (!isWaiting) return run;
    const job = run.jobId === undefined ? undefined : await client['jobs.get']({ jobId: run.jobId });
    console.progress(`${run.state}  ${job?.progress?.note ?? ''}`);
    await wait(pollMs, undefined, { signal });
  }
}

/** Prints what happens until the run has ended and was exported; Ctrl-C leaves it running. @returns its last state */
export async function followRun(
  runId: string,
  client: CoreClient,
  context: CliContext,
): Promise<TrainingRunInfo> {
  const { console, signal } = context;
  try {
    for await (const item of client['training.watch']({ runId }, { signal })) {
      if (item.kind === 'run') console.progress(formatRun(item.run));
      else if (item.kind === 'happenings') {
        for (const { at, step, text, hint } of item.happenings) {
          const where = step === undefined ? '' : ` step ${step}:`;
          console.err(`${at}${where} ${text}${hint === undefined ? '' : ` ${hint}`}`);
        }
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    console.err(`The run goes on. \`sqlcodegen train watch ${runId}\` follows it again.`);
    throw new AppError('CANCELLED', 'No longer followed.');
  }
  return untilExported(runId, client, context);
}

/**
 * Waits until what followed a run has settled it, and until the export that its recipe asks for has ended: both would end
 * with this process. @returns its last state
 */
export async function untilExported(
  runId: string,
  client: CoreClient,
  context: CliContext,
): Promise<TrainingRunInfo> {
  const { signal } = context;
  for (;;) {
    const { jobState } = await client['training.get']({ runId }, { signal });
    if (jobState === undefined || hasEnded({ state: jobState })) break;
    await wait(pollMs, undefined, { signal });
  }
  for (const job of await client['jobs.list']({}, { signal })) {
    const isItsExport = job.kind === 'training-export' && job.subjectId === runId;
    if (isItsExport && !hasEnded(job)) await untilJobEnded(job.id, client, context);
  }
  return client['training.get']({ runId }, { signal });
}

/** Prints a job's progress until it has ended. @throws AppError why it failed */
export async function untilJobEnded(jobId: string, client: CoreClient, context: CliContext): Promise<Job> {
  for (;;) {
    const job = await client['jobs.get']({ jobId }, { signal: context.signal });
    if (hasEnded(job)) {
      if (job.error) throw AppError.fromPayload(job.error);
      return job;
    }
    const { note = job.state, done, total } = job.progress ?? {};
    context.console.progress(total === undefined ? note : `${note}  ${done} of ${total}`);
    await wait(pollMs, undefined, { signal: context.signal });
  }
}
