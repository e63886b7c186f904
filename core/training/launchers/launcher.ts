import type { AppError, TrainingTarget } from '../../contract/index.ts';

/** What `training/launch.py status` says of a run's process. */
export interface ProcessStatus {
  /** `lost`: it was started, is gone, and left no exit: the machine was restarted, or its supervisor was killed too. */
  state: 'none' | 'running' | 'ended' | 'lost';
  exitCode?: number;
  /** `SIGKILL`, where a signal ended it. */
  signal?: string;
}

/** A run of the app: its folder on this machine holds all that is known of it, wherever it runs. */
export interface LaunchedRun {
  id: string;
  /** Absent in runs of an earlier version, which lie under their `id` alone. */
  uuid?: string;
  /** Absolute. `recipe.yaml` and `data/` go in; `events.jsonl`, `trainer.log`, `checkpoints/`, `adapter/` come out. */
  runDir: string;
  target: TrainingTarget;
  /**
   * Folder of a base model on this machine that must be brought along; absent: none, or it is there already. Where the
   * target is another machine, the recipe names it `base`, relative to the run's folder: put it, or a link to it, there.
   */
  baseDir?: string;
  /** For QLoRA the environment needs bitsandbytes. */
  needsQuantizedBase: boolean;
}

/**
 * What its folder is called at a place that others may train at too: names of runs are alike on every machine.
 */
export function folderNameOf({ id, uuid }: Pick<LaunchedRun, 'id' | 'uuid'>): string {
  return uuid === undefined ? id : `${id}-${uuid}`;
}

export interface LaunchContext {
  signal: AbortSignal;
  /** What is being done now, and how far it is. */
  progress(note: string, done?: number, total?: number): void;
  log(text: string, level?: 'info' | 'warning' | 'error'): void;
  /** The machine does not answer, or answers again (undefined). The launcher goes on trying by itself. */
  unreachable(why: AppError | undefined): void;
  /** Nothing goes on until the user does something: an expired credential, a full disk here. Undefined: it goes on. */
  paused(why: AppError | undefined): void;
  /** It is all there and somebody else starts it: the notebook's owner, a queue. Undefined: it was started. */
  waiting(why: string | undefined): void;
}

/**
 * One kind of place to train at. A run is a directory and the trainer's process is `training/launch.py`'s everywhere;
 * a launcher only brings files there and back and calls that file. Every method may be called again after it was
 * interrupted at any point.
 */
export interface Launcher {
  /** Brings environment, code, base and data to the place. */
  prepare(run: LaunchedRun, context: LaunchContext): Promise<void>;
  /** Starts it detached, or goes on from its last checkpoint; does nothing where it runs already. */
  start(run: LaunchedRun, options: { resume: boolean }, context: LaunchContext): Promise<void>;
  /** @throws AppError REMOTE_UNREACHABLE */
  status(run: LaunchedRun, signal: AbortSignal): Promise<ProcessStatus>;
  /**
   * Brings what is new of `events.jsonl` and `trainer.log` into the run's folder until the process has ended and all of
   * it is here. Survives a lost connection. Rejects with the signal's reason when it is aborted: nothing stops then.
   */
  follow(run: LaunchedRun, context: LaunchContext): Promise<ProcessStatus>;
  /** Asks the trainer to save and end. */
  stop(run: LaunchedRun, signal: AbortSignal): Promise<void>;
  /** Ends it; no process of it is left when this returns. */
  cancel(run: LaunchedRun, signal: AbortSignal): Promise<void>;
  /** Brings the files that are not here yet, checked by their hashes: checkpoints too, where `all`. */
  fetch(run: LaunchedRun, what: 'final' | 'all', context: LaunchContext): Promise<void>;
  /** Removes what the run left at its place. */
  cleanUp(run: LaunchedRun, signal: AbortSignal): Promise<void>;
}
