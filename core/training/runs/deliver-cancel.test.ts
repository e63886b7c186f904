import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../contract/index.ts';
import type { Launcher, Launchers } from '../launchers/index.ts';
import { appendEvents, startEvent } from '../testing/write-run.ts';
import { bringLastWords, deliverCancel, giveUpCancel, tryToCancel } from './deliver-cancel.ts';
import { findState } from './find-state.ts';
import { readHappenings, readLaunch, writeLaunch, type LaunchFile } from './launch-file.ts';
import { createRunStore, type RunStore } from './run-store.ts';

const lost = new AppError('REMOTE_UNREACHABLE', 'gpu:22 does not answer.');
const { signal } = new AbortController();

describe('a cancel of a run elsewhere', () => {
  let runsDir: string;
  let store: RunStore;
  /** What the next attempts run into; none: it is heard. */
  let failures: AppError[];
  let cancels: number;
  let follows: number;

  beforeEach(async () => {
    runsDir = mkdtempSync(join(tmpdir(), 'cancel-'));
    mkdirSync(join(runsDir, 'far'));
    store = createRunStore(runsDir);
    [failures, cancels, follows] = [[], 0, 0];
    await write({ startedAt: '2026-11-23T10:00:00.000Z', cancelAskedAt: '2026-11-23T10:05:00.000Z' });
  });
  afterEach(() => rmSync(runsDir, { recursive: true, force: true }));

  const write = (more: Partial<LaunchFile>) =>
    writeLaunch(join(runsDir, 'far'), {
      ...{ format: 1, name: 'Far', createdAt: '2026-11-23T09:59:00.000Z', needsQuantizedBase: false },
      ...{ target: { kind: 'ssh', hostId: 'gpu' }, exports: [], ...more },
    });
  const launcher: Partial<Launcher> = {
    async cancel() {
      cancels += 1;
      const failure = failures.shift();
      if (failure) throw failure;
    },
    async follow() {
      follows += 1;
      return { state: 'ended', signal: 'SIGTERM' };
    },
  };
  const deps = () => ({
    ...{ store, launchers: { ssh: launcher } as unknown as Launchers, retryWaitMs: () => 20 },
  });
  const stateNow = async () => {
    const { launch, log } = await store.get('far');
    return findState({
      launch,
      log,
      job: undefined,
      phase: undefined,
      process: { state: 'none' },
      isHeld: false,
    });
  };

  it('is tried until it is heard; until then the run is not called cancelled', async () => {
    failures = [
      lost,
      lost,
      new AppError('AUTH_FAILED', 'gpu does not let ann in.', { hint: 'Check the key.' }),
    ];
    const seen: string[] = [];
    const cancel = launcher.cancel;
    launcher.cancel = async (...parts) => {
      seen.push((await stateNow()).state);
      return cancel?.(...parts);
    };
    expect(await deliverCancel(await store.get('far'), deps(), signal)).toBe(true);
    launcher.cancel = cancel as Launcher['cancel'];
    expect(seen).toEqual(['stopping', 'unreachable', 'unreachable', 'paused']);
    expect(await stateNow()).toEqual({ state: 'cancelled' });
    const happenings = (await readHappenings(join(runsDir, 'far'))).map(({ text }) => text);
    // The same is told once.
    expect(happenings).toEqual([
      'The cancel has not reached it: gpu:22 does not answer. It may still be training.',
      'The cancel has not reached it: gpu does not let ann in. It may still be training.',
      'Cancelled: no process of it is left.',
    ]);
  });

  it('says what to do, and can be given up: then nobody claims to know', async () => {
    failures = Array.from({ length: 1_000 }, () => lost);
    const delivering = deliverCancel(await store.get('far'), deps(), signal);
    await expect.poll(stateNow).toMatchObject({
      state: 'unreachable',
      error: { hint: expect.stringContaining('cancel again: the app gives up then') },
    });
    await giveUpCancel(await store.get('far'), 'GPU box', store);
    expect(await delivering).toBe(false);
    expect(await stateNow()).toMatchObject({
      state: 'failed',
      error: {
        message: 'The cancel never reached GPU box: nobody knows whether the run still trains there.',
      },
    });
    const before = cancels;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(cancels).toBe(before);
  });

  it('is kept when the app is closed on it', async () => {
    failures = Array.from({ length: 1_000 }, () => lost);
    const closed = new AbortController();
    const delivering = deliverCancel(await store.get('far'), deps(), closed.signal);
    await expect.poll(stateNow).toMatchObject({ state: 'unreachable' });
    closed.abort(new Error('closing'));
    await expect(delivering).rejects.toThrow();
    expect(await readLaunch(join(runsDir, 'far'))).toMatchObject({
      ...{ cancelAskedAt: '2026-11-23T10:05:00.000Z', cancelProblem: { code: 'REMOTE_UNREACHABLE' } },
    });
  });

  it('of a run that was never started asks nobody, and one that has told nothing has no last words', async () => {
    await write({ cancelAskedAt: '2026-11-23T10:05:00.000Z' });
    expect(await tryToCancel(await store.get('far'), deps(), signal)).toBe(true);
    expect(cancels).toBe(0);
    const run = await store.get('far');
    await bringLastWords(run, deps().launchers);
    expect(follows).toBe(0);
    appendEvents(join(runsDir, 'far'), startEvent);
    await run.log.update();
    await bringLastWords(run, deps().launchers);
    expect(follows).toBe(1);
  });
});
