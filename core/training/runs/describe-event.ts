import { basename } from 'node:path';
import type { RunEvent, RunHappening } from '../../contract/index.ts';

type Told = Exclude<RunEvent, { event: 'step' | 'eval' }>;

/** What happened, in a sentence. */
export function describeEvent(event: Told): RunHappening {
  const at = event.time;
  switch (event.event) {
    case 'run_started':
      return event.resumed
        ? {
            at,
            kind: 'resumed',
            step: event.step,
            text: `Went on from step ${event.step} on ${event.device}.`,
          }
        : { at, kind: 'started', step: event.step, text: `Started on ${event.device}.` };
    case 'checkpoint': {
      const best = event.is_best ? ', the best so far' : '';
      return { at, kind: 'checkpoint', step: event.step, text: `Saved ${basename(event.path)}${best}.` };
    }
    case 'artifact':
      return { at, kind: 'artifact', text: `Wrote ${event.path}.` };
    case 'warning': {
      const step = event.step === null ? {} : { step: event.step };
      const hint = event.hint === null ? {} : { hint: event.hint };
      return { at, kind: 'warning', ...step, text: event.message, ...hint };
    }
    case 'run_finished':
      return { at, kind: 'finished', step: event.step, text: endings[event.outcome] };
    case 'run_failed': {
      const hint = event.hint === null ? {} : { hint: event.hint };
      return { at, kind: 'failed', step: event.step, text: event.message, ...hint };
    }
  }
}

const endings = {
  finished: 'Finished.',
  stopped: 'Stopped after saving a checkpoint.',
  stopped_early: 'Stopped early: validation no longer got better.',
} as const;
