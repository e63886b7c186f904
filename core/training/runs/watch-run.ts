import { setTimeout as wait } from 'node:timers/promises';
import type { CoreHandlers, RunHappening, TrainingRunInfo } from '../../contract/index.ts';
import { sliceColumns } from './columns.ts';
import { readHappenings } from './launch-file.ts';
import { isActive } from './describe-run.ts';
import type { RunCursor } from './run-log.ts';
import type { RunStore, StoredRun } from './run-store.ts';

type WatchItem = ReturnType<CoreHandlers['training.watch']> extends AsyncIterable<infer Item> ? Item : never;

export interface WatchDeps {
  store: RunStore;
  describe(run: StoredRun): Promise<TrainingRunInfo>;
}

/** Nobody is told more than twice a second. */
const pollMs = 500;
/** Points of one message. */
const batchSize = 5_000;

/** The run so far, then what comes, until it has ended and all was told. */
export async function* watchRun(
  runId: string,
  { store, describe }: WatchDeps,
  signal: AbortSignal,
): AsyncGenerator<WatchItem> {
  const first = await store.get(runId);
  const cursor = first.log.addCursor();
  let [shown, lines, fromApp] = ['', -1, 0];
  try {
    for (;;) {
      const run = await store.get(runId);
      // First what it is, then what it said: an end is told after all that came before it.
      const info = await describe(run);
      yield* tellColumns(run, cursor);
      const happenings = await readHappenings(run.runDir);
      const added = [...takeHappenings(run, cursor), ...happenings.slice(fromApp).map(toHappening)];
      fromApp = happenings.length;
      if (added.length > 0) yield { kind: 'happenings', happenings: added };
      const now = await run.pages.count();
      if (now !== lines) yield { kind: 'log', lines: (lines = now) };
      const text = JSON.stringify(info);
      if (text !== shown) yield { kind: 'run', run: info };
      shown = text;
      if (!isActive(info.state)) return;
      await wait(pollMs, undefined, { signal });
    }
  } finally {
    first.log.dropCursor(cursor);
  }
}

function* tellColumns({ log: { steps, evaluations } }: StoredRun, cursor: RunCursor): Generator<WatchItem> {
  while (cursor.steps < steps.step.length) {
    const to = Math.min(cursor.steps + batchSize, steps.step.length);
    const firstStep = steps.step[cursor.steps] ?? 0;
    const points = sliceColumns(steps, cursor.steps, to);
    cursor.steps = to;
    yield { kind: 'steps', points, firstStep };
  }
  if (cursor.evaluations < evaluations.step.length) {
    const firstStep = evaluations.step[cursor.evaluations] ?? 0;
    const points = sliceColumns(evaluations, cursor.evaluations, evaluations.step.length);
    cursor.evaluations = evaluations.step.length;
    yield { kind: 'evaluations', points, firstStep };
  }
}

function takeHappenings({ log: { happenings } }: StoredRun, cursor: RunCursor): RunHappening[] {
  const added = happenings.slice(cursor.happenings);
  cursor.happenings = happenings.length;
  return added;
}

function toHappening({
  at,
  text,
  hint,
}: {
  at: string;
  text: string;
  hint?: string | undefined;
}): RunHappening {
  return { at, kind: 'app', text, ...(hint === undefined ? {} : { hint }) };
}
