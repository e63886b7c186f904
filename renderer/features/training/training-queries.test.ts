import { expect, it } from 'vitest';
import { makeTrainingRun } from '../../testing/fake-training-runs.ts';
import { resumeLabelOf } from './run/resume-label.ts';
import { spentOf } from './training-queries.ts';

it('adds what earlier starts took to the newest one', () => {
  const run = makeTrainingRun({
    ...{ id: 'again', earlierSeconds: 600 },
    ...{ startedAt: '2026-11-23T05:00:00.000Z', endedAt: '2026-11-23T05:01:00.000Z' },
  });
  expect(spentOf(run)).toBe(660);
  expect(spentOf(run, Date.parse('2026-11-23T05:00:10.000Z'))).toBe(610);
  expect(spentOf({ ...run, startedAt: undefined })).toBeUndefined();
});

it('says how a run goes on', () => {
  const run = makeTrainingRun({ id: 'a', state: 'cancelled' });
  expect(resumeLabelOf(run)).toBe('Resume…');
  expect(resumeLabelOf({ ...run, checkpoints: [] })).toBe('Start again…');
  expect(resumeLabelOf({ ...run, state: 'finished' })).toBe('Train further…');
});
