import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../contract/index.ts';
import { deleteObject, keepTrying, listObjects, uploadBytes } from '../../storage/index.ts';
import type { LaunchedRun, Launcher, ProcessStatus } from '../launcher.ts';
import { bringCheckpoint, bringFinal, listCheckpoints } from './bring-files.ts';
import { bringBack } from './bring-back.ts';
import { followRun } from './follow-run.ts';
import { placeOf, readHeartbeat, type CloudPlace, type Heartbeat } from './place.ts';
import { listInputs, prepareRun, uploadFiles } from './prepare-run.ts';

export interface ColabLauncherDeps {
  trainerDir: string;
  /** Where uploads that were cut are remembered. */
  stateDir: string;
  /** In Google's place. Absent: STORAGE_EMULATOR_HOST, else Google's. */
  apiEndpoint?: string | undefined;
  /** Defaults to 5 s: between two looks at the bucket. */
  pollMs?: number | undefined;
  /** Defaults to 3 minutes: a heartbeat that is older means that the notebook is gone. */
  staleMs?: number | undefined;
  /** Defaults to 1 s: before a failed request is tried again, doubled each time. */
  firstDelayMs?: number | undefined;
}

/**
 * Trains in a notebook that the user runs. The app never speaks to it: what it asks for and what it hears go through
 * the bucket, so that either side may be gone for a while.
 */
export function createColabLauncher(deps: ColabLauncherDeps): Launcher {
  const { pollMs = 5_000, staleMs = 180_000, firstDelayMs } = deps;
  const place = (run: LaunchedRun) => placeOf(run, deps.apiEndpoint);
  return {
    prepare: (run, context) => prepareRun(place(run), run, context, deps),
    async start(run, _, context) {
      const { signal } = context;
      const there = place(run);
      const patience = { signal, trouble: context, firstDelayMs };
      const beat = await keepTrying(() => readHeartbeat(there, signal), patience);
      if (beat && !beat.done && beat.ageMs <= staleMs) return;
      await uploadFiles(there, await listInputs(run, signal), context, deps);
      await bringBack(there, run, context, deps);
      await keepTrying(() => forgetLastStart(there, signal), patience);
    },
    status: async (run, signal) => toStatus(await readHeartbeat(place(run), signal), staleMs),
    follow: (run, context) => followRun(place(run), run, context, { pollMs, staleMs, firstDelayMs }),
    stop: (run, signal) => command(place(run), 'stop', signal),
    cancel: (run, signal) => cancel(place(run), { pollMs, staleMs }, signal),
    async fetch(run, what, context) {
      const { signal } = context;
      const patience = { signal, trouble: context, firstDelayMs };
      context.progress('bringing what the run made');
      await bringFinal(place(run), run.runDir, patience);
      if (what === 'final') return;
      const names = await keepTrying(() => listCheckpoints(place(run), signal), patience);
      for (const [at, name] of names.entries()) {
        context.progress(`bringing ${name}`, at, names.length);
        await bringCheckpoint(place(run), name, run.runDir, patience);
      }
    },
    async cleanUp(run, signal) {
      const { bucket, root } = place(run);
      const { objects } = await listObjects(bucket, root, signal);
      for (const { name } of objects) await deleteObject(bucket, name, signal);
    },
  };
}

/** What the last session said, and what it was asked, says nothing of the next one. */
async function forgetLastStart({ bucket, root }: CloudPlace, signal: AbortSignal): Promise<void> {
  const names = ['state/heartbeat.json', 'commands/stop.json', 'commands/cancel.json', 'out/final.json'];
  for (const name of names) await deleteObject(bucket, root + name, signal);
}

function toStatus(beat: Heartbeat | undefined, staleMs: number): ProcessStatus {
  if (!beat) return { state: 'none' };
  if (beat.done) return beat.status;
  return { state: beat.ageMs > staleMs ? 'lost' : 'running' };
}

async function command(
  { bucket, root }: CloudPlace,
  name: 'stop' | 'cancel',
  signal: AbortSignal,
): Promise<void> {
  const at = new Date().toISOString();
  await uploadBytes(bucket, `${root}commands/${name}.json`, Buffer.from(JSON.stringify({ at })), signal);
}

/** Waits for the notebook's word that nothing is left. One that has not begun finds the command when it does. */
async function cancel(
  place: CloudPlace,
  { pollMs, staleMs }: { pollMs: number; staleMs: number },
  signal: AbortSignal,
): Promise<void> {
  await command(place, 'cancel', signal);
  for (;;) {
    const beat = await readHeartbeat(place, signal);
    if (!beat || beat.done) return;
    if (beat.ageMs > staleMs) throw unheardError();
    await delay(pollMs, undefined, { signal });
  }
}

function unheardError(): AppError {
  return new AppError(
    'REMOTE_UNREACHABLE',
    'The notebook does not answer, so nobody knows whether it still trains.',
    {
      hint: 'End its session in Colab (Runtime, Manage sessions). If it comes back, it finds the cancel and ends.',
    },
  );
}
