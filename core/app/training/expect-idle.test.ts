import { describe, expect, it } from 'vitest';
import type { Job, JobState } from '../../contract/index.ts';
import { expectIdle, isIdle, type RunWork } from './expect-idle.ts';

const jobsWith = (kind: Job['kind'], state: JobState, subjectId = 'mine') => ({
  list: (): Job[] => [
    {
      ...{ id: 'job', kind, title: '', state, subjectId, createdAt: '2026-01-01T00:00:00Z' },
      ...{ attempt: 1, canResume: true, keepsWork: true },
    },
  ],
});

describe('jobs on one run', () => {
  it.each<[Job['kind'], RunWork[]]>([
    ['training-export', ['export', 'resume', 'remove']],
    ['training-fetch', ['fetch', 'cleanUp', 'remove']],
    ['gate', ['remove']],
    ['training', []],
  ])('while %s runs, %j are refused', (kind, refused) => {
    for (const work of ['export', 'fetch', 'resume', 'cleanUp', 'remove'] as const) {
      for (const state of ['queued', 'running', 'cancelling'] as const)
        expect(isIdle(jobsWith(kind, state), 'mine', work), `${work} ${state}`).toBe(!refused.includes(work));
      expect(isIdle(jobsWith(kind, 'running', 'another'), 'mine', work)).toBe(true);
      expect(isIdle(jobsWith(kind, 'succeeded'), 'mine', work)).toBe(true);
    }
  });

  it('the refusal says what is going on', () => {
    expect(() => expectIdle(jobsWith('training-export', 'running'), 'mine', 'remove')).toThrow(
      expect.objectContaining({ code: 'CONFLICT', message: 'The run mine is being exported just now.' }),
    );
  });
});
