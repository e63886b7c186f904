import { AppError, hasEnded, type Job } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';

/**
 * Shows a job's progress until it ends.
 * @throws AppError why it failed; CANCELLED where it was
 */
export async function followJob(jobId: string, { console, core, signal }: CliContext): Promise<Job> {
  const client = await core();
  let lines = 0;
  for await (const item of client['jobs.watch']({ jobId }, { signal })) {
    if (item.kind === 'log') lines = await showLog(jobId, lines, { console, core });
    if (item.kind !== 'job') continue;
    const { job } = item;
    if (job.progress) console.progress(describe(job.progress));
    if (!hasEnded(job)) continue;
    if (job.state === 'succeeded') return job;
    throw job.error
      ? AppError.fromPayload(job.error)
      : new AppError('CANCELLED', `The job was ${job.state}.`, { hint: 'The same command goes on with it.' });
  }
  throw new AppError('INTERNAL', 'The job was never told to have ended.');
}

function describe({ done, total, note, remainingMs }: NonNullable<Job['progress']>): string {
  const share = total ? `${Math.floor((100 * done) / total)} %  ` : '';
  const left = remainingMs === undefined ? '' : `, ${Math.ceil(remainingMs / 1_000)} s left`;
  return `${share}${note ?? ''}${left}`;
}

/** Warnings and errors; what is said for the log alone stays there. */
async function showLog(
  jobId: string,
  from: number,
  { console, core }: Pick<CliContext, 'console' | 'core'>,
): Promise<number> {
  const { lines, total } = await (await core())['jobs.log']({ jobId, from, limit: 1_000 });
  for (const { level, text } of lines) if (level === 'warning') console.err(text);
  return total;
}
