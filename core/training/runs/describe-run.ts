import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  hasEnded,
  type Job,
  type TrainingRunInfo,
  type TrainingRunState,
  type TrainingTarget,
} from '../../contract/index.ts';
import { readProcess } from '../launchers/local/index.ts';
import { endOf, findState, isUnfollowed, type LivePhase } from './find-state.ts';
import { isRunHeld } from './held-lock.ts';
import { listArtifacts, listCheckpoints } from './list-files.ts';
import type { StoredRun } from './run-store.ts';

export interface DescribeDeps {
  findJob(id: string): Job | undefined;
  phaseOf(runId: string): LivePhase | undefined;
  /** What the host of an SSH target is called. */
  nameOfHost(hostId: string): string;
}

/** All that is known of a run now. */
export async function describeRun(run: StoredRun, deps: DescribeDeps): Promise<TrainingRunInfo> {
  const { id, runDir, launch, log } = run;
  await log.update();
  const target: TrainingTarget = launch?.target ?? { kind: 'local' };
  const isRemote = target.kind !== 'local';
  const job = launch?.jobId === undefined ? undefined : deps.findJob(launch.jobId);
  const process = isRemote ? ({ state: 'none' } as const) : await readProcess(runDir);
  const isHeld = !isRemote && process.state === 'none' && (await isRunHeld(runDir));
  const found = findState({ launch, job, phase: deps.phaseOf(id), process, isHeld, log });
  const checkpoints = await listCheckpoints(runDir, log, isRemote);
  const { state } = found;
  return {
    ...{ id, runDir, target, state, checkpoints },
    name: launch?.name ?? log.started?.name ?? id,
    where: whereOf(target, deps),
    ...(job && { jobId: job.id, jobState: job.state }),
    ...timesOf(run, await createdAtOf(run), state),
    ...figuresOf(run, state),
    ...(launch?.draft && { draft: launch.draft }),
    artifacts: await listArtifacts(runDir, log, launch?.exports ?? []),
    ...(found.error && { error: found.error }),
    can: abilitiesOf({
      ...{
        state,
        isRemote,
        checkpoints,
        isOurs: launch !== undefined,
        isCleanedUp: launch?.cleanedUpAt !== undefined,
        isFollowed: job !== undefined && !hasEnded(job),
        isUnfollowed: isUnfollowed({ launch, job, log }),
      },
    }),
  };
}

function whereOf(target: TrainingTarget, deps: DescribeDeps): string {
  if (target.kind === 'local') return 'this machine';
  return target.kind === 'ssh' ? deps.nameOfHost(target.hostId) : 'Colab';
}

async function createdAtOf({ launch, log, runDir }: StoredRun): Promise<string> {
  const known = launch?.createdAt ?? log.firstStartAt;
  if (known !== undefined) return known;
  const folder = await stat(join(runDir, 'config.yaml')).catch(() => undefined);
  return (folder?.mtime ?? new Date(0)).toISOString();
}

function timesOf({ launch, log }: StoredRun, createdAt: string, state: TrainingRunState) {
  const isSilent = hasSaidNothing({ launch, log });
  const startedAt = isSilent ? launch?.startedAt : (log.started?.time ?? launch?.startedAt);
  const earlierSeconds = log.earlierSeconds + (isSilent ? log.newestSeconds : 0);
  const endedAt = endOf({ launch, log })?.time ?? (isActive(state) ? undefined : launch?.cancelledAt);
  return {
    createdAt,
    ...(startedAt !== undefined && { startedAt, earlierSeconds }),
    ...(log.firstStartAt !== undefined && { firstStartedAt: log.firstStartAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(log.lastEventAt !== undefined && { lastEventAt: log.lastEventAt }),
    ...(launch?.cancelAskedAt !== undefined && { cancelAskedAt: launch.cancelAskedAt }),
  };
}

/** The newest start is up, and its trainer loads: the last events are those of the start before. */
function hasSaidNothing({ launch, log }: Pick<StoredRun, 'launch' | 'log'>): boolean {
  return launch?.earlierStartAt !== undefined && launch.earlierStartAt === log.started?.time;
}

function figuresOf({ launch, log }: StoredRun, state: TrainingRunState) {
  const { started, lastStep, lastEvaluation } = log;
  const totalSteps = started?.max_steps ?? undefined;
  const accuracy = lastEvaluation?.execution_accuracy;
  const isTold = state === 'running' && !hasSaidNothing({ launch, log });
  return {
    ...(lastStep && { step: lastStep.step }),
    ...(totalSteps !== undefined && { totalSteps }),
    ...(typeof lastStep?.eta_seconds === 'number' && isTold && { etaSeconds: lastStep.eta_seconds }),
    ...(typeof lastStep?.loss === 'number' && { trainingLoss: lastStep.loss }),
    ...(typeof lastEvaluation?.validation_loss === 'number' && {
      validationLoss: lastEvaluation.validation_loss,
    }),
    ...(typeof accuracy === 'number' && { executionAccuracy: accuracy }),
    ...(started && { started }),
    ...(lastEvaluation && { lastEvaluation }),
  };
}

const activeStates: ReadonlySet<TrainingRunState> = new Set<TrainingRunState>([
  ...(['preparing', 'waiting', 'running', 'stopping', 'unreachable', 'paused'] as const),
]);

/** Whether something of it goes on, or may go on where it cannot be seen. */
export function isActive(state: TrainingRunState): boolean {
  return activeStates.has(state);
}

interface Abilities {
  state: TrainingRunState;
  isRemote: boolean;
  /** Started by the app. */
  isOurs: boolean;
  isFollowed: boolean;
  /** It may go on elsewhere, and nobody looks. */
  isUnfollowed: boolean;
  /** What it left elsewhere is gone. */
  isCleanedUp: boolean;
  checkpoints: TrainingRunInfo['checkpoints'];
}

const resumable: ReadonlySet<TrainingRunState> = new Set([
  ...(['finished', 'stopped_early', 'stopped', 'cancelled', 'failed', 'lost'] as const),
]);

function abilitiesOf({
  state,
  isRemote,
  isOurs,
  isFollowed,
  isUnfollowed: mayGoOn,
  isCleanedUp,
  checkpoints,
}: Abilities): TrainingRunInfo['can'] {
  const active = isActive(state);
  const isHere = checkpoints.some(({ here }) => here);
  return {
    stop: isOurs && (state === 'running' || mayGoOn),
    cancel: isOurs && active,
    // What is here is brought there again.
    resume: isOurs && !isFollowed && (!isCleanedUp || isHere) && resumable.has(state),
    fetch:
      isOurs &&
      isRemote &&
      !isCleanedUp &&
      !['preparing', 'waiting'].includes(state) &&
      checkpoints.length > 0,
    export: !active && isHere,
    cleanUp: isOurs && isRemote && !isCleanedUp && !active,
    remove: !active,
  };
}
