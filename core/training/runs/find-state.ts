import {
  AppError,
  hasEnded,
  type ErrorPayload,
  type Job,
  type TrainingRunState,
} from '../../contract/index.ts';
import type { ProcessStatus } from '../launchers/index.ts';
import { isCancelPending } from './deliver-cancel.ts';
import type { LaunchFile } from './launch-file.ts';
import type { RunLog } from './run-log.ts';

/** What the job that follows a run knows and no file says. */
export interface LivePhase {
  state: 'preparing' | 'waiting' | 'running' | 'unreachable' | 'paused';
  error?: ErrorPayload;
}

export interface StateFacts {
  launch: LaunchFile | undefined;
  job: Job | undefined;
  /** Of a job of this process. */
  phase: LivePhase | undefined;
  /** On this machine; of a run elsewhere it is `none`. */
  process: ProcessStatus;
  /** Whether another program holds the run: it was started in a terminal. */
  isHeld: boolean;
  log: Pick<RunLog, 'ended' | 'started'>;
}

export interface FoundState {
  state: TrainingRunState;
  error?: ErrorPayload;
}

/** Where a run is in its life: its job first, then its process, then its events, then what the app did to it. */
export function findState(facts: StateFacts): FoundState {
  const { job, launch } = facts;
  if (isCancelPending(launch)) return pendingState(launch?.cancelProblem);
  if (job && !hasEnded(job)) return liveState(facts, job);
  if (facts.process.state === 'running' || facts.isHeld)
    return isAskedToStop(launch) ? { state: 'stopping' } : { state: 'running' };
  return isUnfollowed(facts) ? unfollowedState() : endState(facts);
}

/** Cancelled by the user, but it may still train: shown as ended only once it is known to be. */
function pendingState(problem: ErrorPayload | undefined): FoundState {
  if (problem === undefined) return { state: 'stopping' };
  return { state: problem.code === 'REMOTE_UNREACHABLE' ? 'unreachable' : 'paused', error: problem };
}

/** It was started elsewhere, has not told its end, and the app that followed it is gone. */
export function isUnfollowed({ launch, job, log }: Pick<StateFacts, 'launch' | 'job' | 'log'>): boolean {
  if (!launch || launch.target.kind === 'local' || launch.startedAt === undefined) return false;
  const hasNoEnd = launch.cancelledAt === undefined && launch.error === undefined;
  return hasNoEnd && endOf({ launch, log }) === undefined && (job === undefined || hasEnded(job));
}

/** The trainer's own last word, unless it was an earlier start's: one that dies before it says anything leaves that. */
export function endOf({ launch, log }: Pick<StateFacts, 'launch'> & { log: Pick<RunLog, 'ended'> }) {
  return log.ended?.time === launch?.earlierEndAt ? undefined : log.ended;
}

function unfollowedState(): FoundState {
  const error = new AppError('DISCONNECTED', 'No window of the app follows it now; it may go on there.', {
    hint: 'The app follows it again when it is started; in a terminal, `sqlcodegen train watch RUN` does.',
  });
  return { state: 'unreachable', error: error.toPayload() };
}

function liveState({ launch, phase, process, log }: StateFacts, job: Job): FoundState {
  if (job.state === 'cancelling') return { state: 'stopping' };
  if (job.state === 'queued') return { state: 'waiting' };
  if (phase && phase.state !== 'running') {
    return { state: phase.state, ...(phase.error === undefined ? {} : { error: phase.error }) };
  }
  if (isAskedToStop(launch)) return { state: 'stopping' };
  // Another process of the app follows it: what it does now is read from the files.
  if (!phase && process.state === 'none' && !log.started) return { state: 'preparing' };
  return { state: 'running' };
}

function isAskedToStop(launch: LaunchFile | undefined): boolean {
  return launch?.stopRequestedAt !== undefined || launch?.cancelledAt !== undefined;
}

function endState({ launch, process, log }: StateFacts): FoundState {
  const ended = endOf({ launch, log });
  if (ended?.event === 'run_finished' && ended.outcome !== 'stopped') return { state: ended.outcome };
  if (launch?.cancelledAt !== undefined) return { state: 'cancelled' };
  if (ended?.event === 'run_finished') return { state: 'stopped' };
  if (ended?.event === 'run_failed') return { state: 'failed', error: toPayload(ended) };
  if (launch?.error) return { state: 'failed', error: launch.error };
  if (process.state === 'ended') return { state: 'failed', error: describeExit(process).toPayload() };
  return { state: 'lost', error: lostError(log.started !== undefined, launch !== undefined).toPayload() };
}

export function toPayload({
  code,
  message,
  hint,
}: Extract<RunLog['ended'], { event: 'run_failed' }>): ErrorPayload {
  return { code, message, ...(hint === null ? {} : { hint }) };
}

/** The trainer ended and said nothing of it in its events. */
export function describeExit({ exitCode, signal }: ProcessStatus): AppError {
  if (signal === 'SIGKILL') {
    return new AppError(
      'TRAINER_FAILED',
      'The trainer was killed: by hand, or by the system when memory ran out.',
      {
        hint: 'Resume it from its last checkpoint; where memory was short, with a shorter pack length.',
      },
    );
  }
  const how = signal ? `by ${signal}` : `with exit code ${exitCode ?? 'unknown'}`;
  return new AppError('TRAINER_FAILED', `The trainer ended ${how}.`, {
    hint: 'The end of its log says why. Then resume it, or clone it with changes.',
  });
}

function lostError(hasStarted: boolean, isOurs: boolean): AppError {
  if (!isOurs) {
    return new AppError('TRAINER_FAILED', 'It did not end by its own word, and no process holds it.', {
      hint: 'Go on with `python -m training.train --resume` where it was started.',
    });
  }
  return hasStarted
    ? new AppError(
        'TRAINER_FAILED',
        'Its process is gone and left no word: the machine was restarted, perhaps.',
        {
          hint: 'Resume it from its last checkpoint.',
        },
      )
    : new AppError('TRAINER_FAILED', 'The app ended before the trainer had started.', { hint: 'Resume it.' });
}
