import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRun } from './read-run.ts';
import {
  appendEvents,
  checkpointEvent,
  evalEvent,
  failEvent,
  finishEvent,
  startEvent,
  stepEvent,
  writeCheckpoint,
} from './testing/write-run.ts';

let runDir: string;

beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'run-'));
});
afterEach(() => rmSync(runDir, { recursive: true, force: true }));

it('a folder without events has not started, and is named by its configuration', async () => {
  expect(await readRun(runDir)).toMatchObject({
    name: basename(runDir),
    state: 'not_started',
    checkpoints: [],
  });
  writeFileSync(join(runDir, 'config.yaml'), 'train:\n  name: inner\nname: "my run"\nseed: 1\n');
  expect((await readRun(runDir)).name).toBe('my run');
});

it('sums up a finished run', async () => {
  appendEvents(runDir, startEvent, stepEvent(4), evalEvent(4, 0.5), checkpointEvent(4, true));
  appendEvents(runDir, stepEvent(8), evalEvent(8, 0.25), checkpointEvent(8, false));
  appendEvents(runDir, checkpointEvent(12, false), finishEvent('finished'));
  for (const step of [4, 8, 12]) writeCheckpoint(runDir, step);
  mkdirSync(join(runDir, 'checkpoints', '.partial-step-000016'));
  writeFileSync(join(runDir, 'manifest.json'), JSON.stringify({ format: 2, name: 'lora', examples: 64 }));
  const run = await readRun(runDir);
  expect(run).toMatchObject({ name: 'lora', state: 'finished', lastEventAt: startEvent.time, problems: [] });
  expect(run).toMatchObject({
    started: startEvent,
    lastStep: stepEvent(8),
    lastEvaluation: evalEvent(8, 0.25),
  });
  expect(run.manifest).toEqual({ format: 2, name: 'lora', examples: 64 });
  expect(run.checkpoints).toEqual([
    { name: 'step-000004', step: 4, bytes: 12, isBest: true, evaluation: evalEvent(4, 0.5) },
    { name: 'step-000008', step: 8, bytes: 12, isBest: false, evaluation: evalEvent(8, 0.25) },
    { name: 'step-000012', step: 12, bytes: 12, isBest: false, evaluation: undefined },
  ]);
});

it('the best is the last that was said to be, and one that was deleted is not listed', async () => {
  appendEvents(runDir, startEvent, checkpointEvent(4, true), checkpointEvent(8, true));
  writeCheckpoint(runDir, 8);
  expect((await readRun(runDir)).checkpoints).toMatchObject([{ step: 8, isBest: true }]);
});

it('a run that was resumed is not what ended before', async () => {
  appendEvents(runDir, startEvent, failEvent);
  expect(await readRun(runDir)).toMatchObject({ state: 'failed', failure: failEvent });
  appendEvents(runDir, { ...startEvent, resumed: true, step: 4 });
  const resumed = await readRun(runDir);
  expect(resumed).toMatchObject({ state: 'unfinished', started: { resumed: true } });
  expect(resumed.failure).toBeUndefined();
  appendEvents(runDir, finishEvent('stopped_early'));
  expect((await readRun(runDir)).state).toBe('stopped_early');
});

it('names what is damaged and tells the rest', async () => {
  appendEvents(runDir, startEvent);
  writeFileSync(join(runDir, 'manifest.json'), '{"format": 1, "na');
  const run = await readRun(runDir);
  expect(run).toMatchObject({ state: 'unfinished', manifest: undefined });
  expect(run.problems).toEqual([`${join(runDir, 'manifest.json')} is not a manifest, perhaps cut short.`]);
});

it('a folder that is not there is an error', async () => {
  await expect(readRun(join(runDir, 'nowhere'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
