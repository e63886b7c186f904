import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, errorCodes } from '../../contract/index.ts';

const errorSchema = z.object({
  error: z.object({ code: z.enum(errorCodes), message: z.string(), hint: z.string().optional() }),
});

export const processStatusSchema = z.object({
  state: z.enum(['none', 'running', 'ended', 'lost']),
  exitCode: z.number().int().optional(),
  signal: z.string().optional(),
});

export interface LaunchCall {
  /** Runs launch.py itself: 3.9 or newer. */
  python: string;
  trainerDir: string;
  /** `start`, the run's folder, … */
  args: readonly string[];
  signal?: AbortSignal;
  env?: Record<string, string>;
}

const longestAnswerBytes = 64 * 1024 * 1024;

/**
 * The answer of training/launch.py on this machine.
 * @throws AppError as launch.py says it; PYTHON_MISSING where Python cannot be run; the signal's reason
 */
export async function callLaunch<T>(
  { python, trainerDir, args, signal, env }: LaunchCall,
  schema: z.ZodType<T>,
) {
  const answer = await new Promise<string>((resolve, reject) => {
    const options = { signal, env: { ...process.env, ...env }, maxBuffer: longestAnswerBytes };
    execFile(python, [join(trainerDir, 'launch.py'), ...args], options, (error, stdout, stderr) => {
      if (stdout.trim() !== '') resolve(stdout);
      else reject(signal?.aborted ? signal.reason : noAnswer(python, error, stderr));
    });
  });
  return readLaunchAnswer(answer, schema);
}

/** @throws AppError that launch.py printed, or INTERNAL where it is no answer of it */
export function readLaunchAnswer<T>(text: string, schema: z.ZodType<T>): T {
  const value = parse(text);
  const failed = errorSchema.safeParse(value);
  if (failed.success) throw AppError.fromPayload(failed.data.error);
  const answer = schema.safeParse(value);
  if (answer.success) return answer.data;
  throw new AppError('INTERNAL', `launch.py answered ${text.trim().slice(0, 200)}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noAnswer(python: string, error: Error | null, stderr: string): AppError {
  const isMissing = (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
  if (isMissing) {
    return new AppError('PYTHON_MISSING', `There is no ${python}.`, {
      hint: 'Install Python 3.11 or newer.',
    });
  }
  const why = stderr.trim().split('\n').at(-1) ?? error?.message ?? '';
  return new AppError('TRAINER_FAILED', `The trainer could not be asked: ${why}`, { cause: error });
}
