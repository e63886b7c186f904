import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../contract/index.ts';
import { keepTrying, type Patience } from '../../storage/index.ts';
import type { LaunchContext, LaunchedRun, ProcessStatus } from '../launcher.ts';
import { bringCheckpoint, dropCheckpoints, listCheckpoints } from './bring-files.ts';
import { mirrored, mirrorPieces } from './mirror-pieces.ts';
import { readHeartbeat, type CloudPlace, type Heartbeat } from './place.ts';

export interface FollowOptions {
  /** Between two looks at the bucket. */
  pollMs: number;
  /** A heartbeat that is older means that the notebook is gone. */
  staleMs: number;
  firstDelayMs?: number | undefined;
}

export const waitingText =
  'Everything is in the bucket. Open the run’s notebook in Colab and run all its cells: the run begins with its first heartbeat.';

/**
 * Mirrors events, log and checkpoints through the bucket until the notebook says that all of it is there. A notebook
 * that is gone is said and waited for: run again, it goes on from the last checkpoint.
 */
export async function followRun(
  place: CloudPlace,
  run: LaunchedRun,
  context: LaunchContext,
  options: FollowOptions,
): Promise<ProcessStatus> {
  const { signal } = context;
  const told = new Told(context, options.staleMs);
  const patience: Patience = {
    ...{ signal, firstDelayMs: options.firstDelayMs },
    trouble: {
      unreachable: (why) => told.say(why && { kind: 'unreachable', why }),
      paused: (why) => told.say(why && { kind: 'paused', why }),
    },
  };
  const checkpoints = new CheckpointMirror(place, run.runDir, patience, context.log);
  for (;;) {
    const beat = await keepTrying(() => readHeartbeat(place, signal), patience);
    told.hear(beat);
    const [events = 0, log = 0] = await keepTrying(() => mirrorAll(place, run.runDir, signal), patience);
    if (beat) await checkpoints.look(beat.done);
    const isAllHere = beat !== undefined && events >= beat.eventsBytes && log >= beat.logBytes;
    if (beat?.done && isAllHere) return beat.status;
    await delay(options.pollMs, undefined, { signal });
  }
}

async function mirrorAll(place: CloudPlace, runDir: string, signal: AbortSignal): Promise<number[]> {
  const sizes: number[] = [];
  for (const file of mirrored) sizes.push(await mirrorPieces(place, file, runDir, signal));
  return sizes;
}

type Trouble = { kind: 'unreachable' | 'paused'; why: AppError };

/** Tells each change once: a page that is told the same every few seconds cannot be read. */
class Told {
  readonly #context: LaunchContext;
  readonly #staleMs: number;
  #waits = false;
  #isGone = false;
  #trouble: Trouble | undefined;

  constructor(context: LaunchContext, staleMs: number) {
    this.#context = context;
    this.#staleMs = staleMs;
  }

  /** Of the bucket. */
  say(trouble: Trouble | undefined): void {
    const last = this.#trouble;
    if (last?.kind === trouble?.kind && last?.why.message === trouble?.why.message) return;
    this.#trouble = trouble;
    if (last && last.kind !== trouble?.kind) this.#context[last.kind](undefined);
    if (trouble) this.#context[trouble.kind](trouble.why);
    // The bucket is in reach again, and nobody has begun yet.
    else if (this.#waits) this.#context.waiting(waitingText);
  }

  /** Of the notebook. */
  hear(beat: Heartbeat | undefined): void {
    const isGone = beat !== undefined && !beat.done && beat.ageMs > this.#staleMs;
    if (isGone !== this.#isGone) this.#context.unreachable(isGone ? goneError(beat.host) : undefined);
    this.#isGone = isGone;
    if (this.#waits === (beat === undefined)) return;
    this.#waits = beat === undefined;
    this.#context.waiting(this.#waits ? waitingText : undefined);
  }
}

function goneError(host: string): AppError {
  return new AppError(
    'REMOTE_UNREACHABLE',
    `The notebook (${host}) has not been heard of for some minutes.`,
    {
      hint: 'If Colab has ended its session, open the notebook and run all cells again: it goes on from the last checkpoint.',
    },
  );
}

/** Brings checkpoints beside the events: one may take minutes, and the curves do not wait for it. */
class CheckpointMirror {
  readonly #place: CloudPlace;
  readonly #runDir: string;
  readonly #patience: Patience;
  readonly #log: LaunchContext['log'];
  /** What the bucket has had since this began: nothing else is known to have been deleted by the trainer. */
  readonly #listed = new Set<string>();
  #work: Promise<void> | undefined;

  constructor(place: CloudPlace, runDir: string, patience: Patience, log: LaunchContext['log']) {
    this.#log = log;
    this.#place = place;
    this.#runDir = runDir;
    this.#patience = patience;
  }

  /** @throws AppError what the last look runs into */
  async look(isLast: boolean): Promise<void> {
    if (isLast) {
      await this.#work;
      return this.#bringNew();
    }
    if (this.#work) return;
    // One that cannot be brought is no reason to lose the curves: the next look tries again.
    this.#work = this.#bringNew()
      .catch((error: unknown) =>
        this.#log(`A checkpoint was not brought: ${AppError.from(error).message}`, 'warning'),
      )
      .then(() => (this.#work = undefined));
  }

  async #bringNew(): Promise<void> {
    const { signal } = this.#patience;
    const names = await keepTrying(() => listCheckpoints(this.#place, signal), this.#patience);
    for (const name of names) this.#listed.add(name);
    for (const name of names) await bringCheckpoint(this.#place, name, this.#runDir, this.#patience);
    const deleted = new Set([...this.#listed].filter((name) => !names.includes(name)));
    await dropCheckpoints(this.#runDir, { kept: names, deleted });
  }
}
