import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEvents } from './read-events.ts';
import { finishEvent, startEvent, stepEvent } from './testing/write-run.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-events-'));
  file = join(folder, 'events.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;

it('reads what is whole, and the rest when it is whole too', async () => {
  const half = lineOf(stepEvent(2)).slice(0, 40);
  writeFileSync(file, lineOf(startEvent) + lineOf(stepEvent(1, null)) + half);
  const first = await readEvents(file);
  expect(first).toMatchObject({ events: [startEvent, stepEvent(1, null)], problems: [] });
  appendFileSync(file, lineOf(stepEvent(2)).slice(40) + lineOf(finishEvent('stopped')));
  const rest = await readEvents(file, { start: first.end });
  expect(rest.events).toEqual([stepEvent(2), finishEvent('stopped')]);
  expect(await readEvents(file, { start: rest.end })).toEqual({ events: [], problems: [], end: rest.end });
});

it('counts bytes, not characters', async () => {
  const named = { ...startEvent, name: 'Größe 😀' };
  writeFileSync(file, lineOf(named));
  const { events, end } = await readEvents(file);
  expect(events).toEqual([named]);
  appendFileSync(file, lineOf(stepEvent(1)));
  expect((await readEvents(file, { start: end })).events).toEqual([stepEvent(1)]);
});

it('names a broken line and reads on', async () => {
  const glued = `${lineOf(stepEvent(1)).slice(0, 30)}${lineOf(startEvent)}`;
  writeFileSync(file, glued + lineOf({ ...stepEvent(2), step: -1 }) + '\n' + lineOf(stepEvent(3)));
  const { events, problems } = await readEvents(file);
  expect(events).toEqual([stepEvent(3)]);
  expect(problems).toHaveLength(2);
  expect(problems[0]).toMatch(/^A line is no event, perhaps cut short: \{"event":"step".*…$/);
  expect(problems[1]).toMatch(/^An event step is not as it should be: step: /);
});

it('passes over what a newer trainer says', async () => {
  const { time } = startEvent;
  writeFileSync(file, lineOf({ event: 'party', time }) + lineOf({ ...stepEvent(1), mood: 'calm' }));
  expect(await readEvents(file)).toMatchObject({ events: [stepEvent(1)], problems: [] });
});

it('has no events where there is no file yet, and says why a file cannot be read', async () => {
  expect(await readEvents(file)).toEqual({ events: [], problems: [], end: 0 });
  await expect(readEvents(folder)).rejects.toThrow(/EISDIR/);
});
