import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTrainingHandlers } from './handlers.ts';
import { evalEvent, startEvent, stepEvent } from './testing/write-run.ts';

let runsDir: string;
const context = { signal: new AbortController().signal };
const list = async () =>
  (await createTrainingHandlers({ runsDir, trainerDir: '/t' })['training.runs']({}, context)).runs;

beforeEach(() => (runsDir = mkdtempSync(join(tmpdir(), 'runs-'))));
afterEach(() => rmSync(runsDir, { recursive: true, force: true }));

function writeEvents(name: string, events: object[]): void {
  mkdirSync(join(runsDir, name));
  writeFileSync(
    join(runsDir, name, 'events.jsonl'),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
}

it('sums up each run, the newest first', async () => {
  const later = '2026-11-23T18:01:01.000+00:00';
  writeEvents('old', [startEvent, stepEvent(5), evalEvent(5, 0.4)]);
  writeEvents('new', [startEvent, { ...stepEvent(7, 1.25), time: later }]);
  const [newest, oldest] = await list();
  expect(newest).toMatchObject({ runDir: join(runsDir, 'new'), step: 7, totalSteps: 12, trainingLoss: 1.25 });
  expect(newest).toMatchObject({ state: 'unfinished', complete: false, checkpoints: 0 });
  expect(oldest).toMatchObject({ runDir: join(runsDir, 'old'), step: 5, validationLoss: expect.any(Number) });
});

it('passes over folders that are no runs, and a folder that is not there', async () => {
  mkdirSync(join(runsDir, 'data'));
  writeFileSync(join(runsDir, 'data', 'train.jsonl'), '');
  expect(await list()).toEqual([]);
  rmSync(runsDir, { recursive: true });
  expect(await list()).toEqual([]);
});
