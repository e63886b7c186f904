import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EvalPoints, RunEvent, RunEventOf, RunHappening, StepPoints } from '../../contract/index.ts';
import { readEvents } from '../read-events.ts';
import { createEvalColumns, createStepColumns } from './columns.ts';
import { describeEvent } from './describe-event.ts';

/** Where a watcher is: how much of each column it was told. A run that repeats steps sets it back. */
export interface RunCursor {
  steps: number;
  evaluations: number;
  happenings: number;
}

/** A run's events in columns, read on from where the last read ended. */
export interface RunLog {
  /** Reads what is new. Calls at the same time share one read. */
  update(): Promise<void>;
  readonly steps: StepPoints;
  readonly evaluations: EvalPoints;
  readonly happenings: readonly RunHappening[];
  readonly started: RunEventOf<'run_started'> | undefined;
  /** Of the first start. */
  readonly firstStartAt: string | undefined;
  /** What the starts before the newest one took, each to its last event. */
  readonly earlierSeconds: number;
  /** From the newest start to the last event. */
  readonly newestSeconds: number;
  readonly lastStep: RunEventOf<'step'> | undefined;
  readonly lastEvaluation: RunEventOf<'eval'> | undefined;
  /** The newest `run_finished` or `run_failed` since the newest start. */
  readonly ended: RunEventOf<'run_finished'> | RunEventOf<'run_failed'> | undefined;
  readonly checkpoints: readonly RunEventOf<'checkpoint'>[];
  readonly artifacts: readonly RunEventOf<'artifact'>[];
  readonly lastEventAt: string | undefined;
  readonly problems: readonly string[];
  addCursor(): RunCursor;
  dropCursor(cursor: RunCursor): void;
}

/** Bytes that are parsed before others get their turn: some 600 events. */
const chunkBytes = 128 * 1024;

interface Known {
  started?: RunEventOf<'run_started'>;
  firstStartAt?: string;
  earlierSeconds: number;
  lastStep?: RunEventOf<'step'>;
  lastEvaluation?: RunEventOf<'eval'>;
  ended?: RunEventOf<'run_finished'> | RunEventOf<'run_failed'>;
  checkpoints: RunEventOf<'checkpoint'>[];
  artifacts: RunEventOf<'artifact'>[];
  lastEventAt?: string;
  happenings: RunHappening[];
  problems: string[];
}

const nothingKnown = (): Known => ({
  ...{ checkpoints: [], artifacts: [], happenings: [], problems: [] },
  earlierSeconds: 0,
});

export function openRunLog(runDir: string): RunLog {
  const file = join(runDir, 'events.jsonl');
  const [steps, evaluations] = [createStepColumns(), createEvalColumns()];
  const cursors = new Set<RunCursor>();
  let [known, offset] = [nothingKnown(), 0];
  let reading: Promise<void> | undefined;

  const setBack = (changed: Partial<RunCursor>) => {
    for (const cursor of cursors) {
      cursor.steps = Math.min(cursor.steps, changed.steps ?? cursor.steps);
      cursor.evaluations = Math.min(cursor.evaluations, changed.evaluations ?? cursor.evaluations);
      cursor.happenings = Math.min(cursor.happenings, changed.happenings ?? cursor.happenings);
    }
  };
  const startAnew = () => {
    [known, offset] = [nothingKnown(), 0];
    steps.cutTo(0);
    evaluations.cutTo(0);
    setBack({ steps: 0, evaluations: 0, happenings: 0 });
  };
  const take = (event: RunEvent) => {
    if (event.event === 'run_started') known.earlierSeconds += secondsSinceStart(known);
    known.lastEventAt = event.time;
    if (event.event === 'step') {
      setBack({ steps: steps.cutFrom(event.step) });
      steps.add(event);
      known.lastStep = event;
    } else if (event.event === 'eval') {
      setBack({ evaluations: evaluations.cutFrom(event.step) });
      evaluations.add(event);
      known.lastEvaluation = event;
    } else takeOther(known, event);
  };
  const read = async () => {
    const { size } = await stat(file).catch(() => ({ size: 0 }));
    // Another run in the same folder.
    if (size < offset) startAnew();
    while (offset < size) {
      const { events, problems, end } = await readEvents(file, { start: offset, maxBytes: chunkBytes });
      if (end === offset) return;
      for (const event of events) take(event);
      known.problems.push(...problems);
      offset = end;
      await nextTurn();
    }
  };
  return {
    update: () => (reading ??= read().finally(() => (reading = undefined))),
    steps: steps.points,
    evaluations: evaluations.points,
    get happenings() {
      return known.happenings;
    },
    get started() {
      return known.started;
    },
    get firstStartAt() {
      return known.firstStartAt;
    },
    get earlierSeconds() {
      return known.earlierSeconds;
    },
    get newestSeconds() {
      return secondsSinceStart(known);
    },
    get lastStep() {
      return known.lastStep;
    },
    get lastEvaluation() {
      return known.lastEvaluation;
    },
    get ended() {
      return known.ended;
    },
    get checkpoints() {
      return known.checkpoints;
    },
    get artifacts() {
      return known.artifacts;
    },
    get lastEventAt() {
      return known.lastEventAt;
    },
    get problems() {
      return known.problems;
    },
    addCursor() {
      const cursor = { steps: 0, evaluations: 0, happenings: 0 };
      cursors.add(cursor);
      return cursor;
    },
    dropCursor: (cursor) => void cursors.delete(cursor),
  };
}

/** From the newest start to the last event that is known. */
function secondsSinceStart({ started, lastEventAt }: Known): number {
  if (!started || lastEventAt === undefined) return 0;
  return Math.max(0, Date.parse(lastEventAt) - Date.parse(started.time)) / 1_000;
}

function takeOther(known: Known, event: Exclude<RunEvent, { event: 'step' | 'eval' }>): void {
  known.happenings.push(describeEvent(event));
  if (event.event === 'run_started') {
    known.started = event;
    known.firstStartAt ??= event.time;
    delete known.ended;
  } else if (event.event === 'checkpoint') known.checkpoints.push(event);
  else if (event.event === 'artifact') known.artifacts.push(event);
  else if (event.event !== 'warning') known.ended = event;
}
