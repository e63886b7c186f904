import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { useNow } from '../../../lib/use-now.ts';
import { formatElapsed } from '../format-elapsed.ts';
import { isLive, isLoading, spentOf } from '../training-queries.ts';

const text = copy.training;
/** A trainer that says nothing for so long is worth a word, in milliseconds. */
const quietMs = 60_000;

/** How long it has taken, and how long ago it was last heard of where that is long. */
export function RunElapsed({ run }: { run: TrainingRunInfo }) {
  // While it is brought up again it does not train yet; while its files are brought it does no longer.
  const trains = !isLoading(run) && !['preparing', 'waiting'].includes(run.state);
  const isTicking = isLive(run) && trains && run.endedAt === undefined;
  const now = useNow(isTicking);
  // Before its first word nothing has been trained.
  if (run.startedAt === undefined || (isLoading(run) && !run.earlierSeconds)) return null;
  const spentSeconds = spentOf(run, isTicking ? now : undefined) ?? 0;
  const startedMs = Date.parse(run.startedAt);
  const quiet = run.lastEventAt === undefined ? 0 : now - Math.max(startedMs, Date.parse(run.lastEventAt));
  return (
    <>
      <span className="tabular-nums">
        · {(isTicking ? text.takes : text.took)(formatElapsed(spentSeconds))}
      </span>
      {isTicking && quiet > quietMs && (
        <span className="tabular-nums">· {text.lastHeard(formatElapsed(quiet / 1_000))}</span>
      )}
    </>
  );
}
