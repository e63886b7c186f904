import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job, RunEvent } from '../../contract/index.ts';
import {
  appendEvents,
  checkpointEvent,
  evalEvent,
  failEvent,
  finishEvent,
  startEvent,
  stepEvent,
} from '../testing/write-run.ts';
import { findState, type StateFacts } from './find-state.ts';
import type { LaunchFile } from './launch-file.ts';
import { openRunLog } from './run-log.ts';
import { openTextPages } from './text-pages.ts';

let runDir: string;

beforeEach(() => (runDir = mkdtempSync(join(tmpdir(), 'run-log-'))));
afterEach(() => rmSync(runDir, { recursive: true, force: true }));

describe('a run’s events in columns', () => {
  it('are read on from where they ended, and half a line waits', async () => {
    const log = openRunLog(runDir);
    await log.update();
    expect(log.steps.step).toEqual([]);
    appendEvents(runDir, startEvent, stepEvent(1), stepEvent(2, null));
    appendFileSync(join(runDir, 'events.jsonl'), '{"event":"st');
    await Promise.all([log.update(), log.update()]);
    expect(log.steps).toMatchObject({ step: [1, 2], loss: [2.5, null], elapsedSeconds: [1, 2] });
    expect(log.happenings.map(({ kind }) => kind)).toEqual(['started']);
  });

  it('that a resumed run repeats replace the earlier ones, also for who was told them', async () => {
    const log = openRunLog(runDir);
    appendEvents(
      runDir,
      startEvent,
      stepEvent(1),
      stepEvent(2),
      evalEvent(2, 0.5),
      stepEvent(3),
      stepEvent(4),
    );
    await log.update();
    const cursor = log.addCursor();
    [cursor.steps, cursor.evaluations] = [4, 1];
    appendEvents(
      runDir,
      { ...startEvent, resumed: true, step: 2 },
      stepEvent(3, 1),
      stepEvent(4, 0.5),
      stepEvent(5, 0.25),
    );
    await log.update();
    expect(log.steps.step).toEqual([1, 2, 3, 4, 5]);
    expect(log.steps.loss).toEqual([2.5, 2.5, 1, 0.5, 0.25]);
    // From step 3 on it is told anew; the evaluation stands.
    expect(cursor).toMatchObject({ steps: 2, evaluations: 1 });
  });

  it('add up what the starts took, without the time between them', async () => {
    const at = (event: RunEvent, minute: number): RunEvent => ({
      ...event,
      time: `2026-11-22T18:${String(minute).padStart(2, '0')}:00.000+00:00`,
    });
    const log = openRunLog(runDir);
    appendEvents(runDir, at(startEvent, 0), at(stepEvent(1), 4));
    await log.update();
    expect(log.earlierSeconds).toBe(0);
    appendEvents(runDir, at({ ...startEvent, resumed: true }, 30), at(stepEvent(2), 33));
    await log.update();
    expect(log.earlierSeconds).toBe(4 * 60);
    appendEvents(runDir, at({ ...startEvent, resumed: true }, 50));
    await log.update();
    expect(log.earlierSeconds).toBe(7 * 60);
    expect(log.firstStartAt).toBe('2026-11-22T18:00:00.000+00:00');
  });

  it('start anew where the file is another one', async () => {
    const log = openRunLog(runDir);
    appendEvents(runDir, startEvent, stepEvent(1), stepEvent(2), finishEvent('finished'));
    await log.update();
    expect(log.ended).toMatchObject({ outcome: 'finished' });
    writeFileSync(join(runDir, 'events.jsonl'), '');
    await log.update();
    expect(log.ended).toBeUndefined();
    expect(log.steps.step).toEqual([]);
  });

  it('of 20,000 steps come whole and in order', async () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, at) => `${JSON.stringify({ ...stepEvent(at + 1), eta_seconds: null })}\n`,
    );
    writeFileSync(join(runDir, 'events.jsonl'), `${JSON.stringify(startEvent)}\n${lines.join('')}`);
    const log = openRunLog(runDir);
    await log.update();
    expect(log.steps.step).toHaveLength(20_000);
    expect(log.steps.step.at(-1)).toBe(20_000);
    expect(log.problems).toEqual([]);
  });
});

describe('the trainer’s log', () => {
  it('is read by line number, from either end, while it grows', async () => {
    const file = join(runDir, 'trainer.log');
    const pages = openTextPages(file);
    expect(await pages.read(-5, 5)).toEqual({ lines: [], first: 0, total: 0 });
    writeFileSync(file, 'first\nsecond Größe\nthi');
    expect(await pages.read(0, 10)).toEqual({ lines: ['first', 'second Größe', 'thi'], first: 0, total: 3 });
    appendFileSync(file, 'rd\n10 %\r50 %\r100 %\nlast\n');
    expect(await pages.read(-3, 2)).toEqual({ lines: ['third', '100 %'], first: 2, total: 5 });
    expect(await pages.read(4, 10)).toEqual({ lines: ['last'], first: 4, total: 5 });
    writeFileSync(file, 'anew\n');
    expect(await pages.read(-5, 5)).toEqual({ lines: ['anew'], first: 0, total: 1 });
  });
});

const launch: LaunchFile = {
  ...{ format: 1, name: 'a run', target: { kind: 'local' }, createdAt: startEvent.time },
  ...{ needsQuantizedBase: false, exports: [] },
};
const job = (state: Job['state']): Job => ({
  ...{ id: 'j', kind: 'training', title: 't', state, createdAt: startEvent.time, attempt: 1 },
  ...{ canResume: false, keepsWork: true },
});
const facts: StateFacts = {
  ...{ launch, job: undefined, phase: undefined, process: { state: 'none' }, isHeld: false },
  log: { ended: undefined, started: startEvent },
};
const stateOf = (changed: Partial<StateFacts>) => findState({ ...facts, ...changed });
const now = '2026-11-23T10:00:00.000Z';

describe('a run’s state', () => {
  it('is its job’s as long as there is one', () => {
    expect(stateOf({ job: job('queued') }).state).toBe('waiting');
    expect(stateOf({ job: job('running'), phase: { state: 'preparing' } }).state).toBe('preparing');
    expect(stateOf({ job: job('running'), phase: { state: 'unreachable' } }).state).toBe('unreachable');
    expect(stateOf({ job: job('running') }).state).toBe('running');
    expect(stateOf({ job: job('cancelling') }).state).toBe('stopping');
    expect(stateOf({ job: job('running'), launch: { ...launch, stopRequestedAt: now } }).state).toBe(
      'stopping',
    );
  });

  it('is its process’s where nobody follows it', () => {
    expect(stateOf({ job: job('interrupted'), process: { state: 'running' } }).state).toBe('running');
    expect(stateOf({ launch: undefined, isHeld: true }).state).toBe('running');
  });

  it('is what its trainer said last, or what ended it without a word', () => {
    const ended = (event: StateFacts['log']['ended']) => ({ log: { started: startEvent, ended: event } });
    expect(stateOf(ended(finishEvent('stopped_early'))).state).toBe('stopped_early');
    expect(stateOf(ended(finishEvent('stopped'))).state).toBe('stopped');
    expect(stateOf({ ...ended(finishEvent('stopped')), launch: { ...launch, cancelledAt: now } }).state).toBe(
      'cancelled',
    );
    expect(
      stateOf({ ...ended(finishEvent('finished')), launch: { ...launch, cancelledAt: now } }).state,
    ).toBe('finished');
    expect(stateOf(ended(failEvent))).toMatchObject({ state: 'failed', error: { code: 'DISK_FULL' } });
    expect(stateOf({ process: { state: 'ended', signal: 'SIGKILL' } })).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('killed') },
    });
    expect(stateOf({ process: { state: 'lost' } }).state).toBe('lost');
    expect(stateOf({ log: { started: undefined, ended: undefined } })).toMatchObject({
      state: 'lost',
      error: { message: expect.stringContaining('before the trainer had started') },
    });
  });
});

it('a checkpoint that was the best is told so', async () => {
  const log = openRunLog(runDir);
  appendEvents(runDir, startEvent, checkpointEvent(4, true));
  await log.update();
  expect(log.happenings.at(-1)).toMatchObject({
    kind: 'checkpoint',
    step: 4,
    text: 'Saved step-000004, the best so far.',
  });
});
