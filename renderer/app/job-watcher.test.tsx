import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Job } from '../../core/contract/index.ts';
import { createFakeJobs } from '../testing/fake-jobs.ts';
import { createFakeTrainingControl } from '../testing/fake-training-control.ts';
import { makeTrainingRun } from '../testing/fake-training-runs.ts';
import { openApp } from '../testing/open-app.tsx';

const job: Job = {
  ...{ id: 'a', kind: 'training', title: 'Training own-questions', state: 'running', attempt: 1 },
  ...{ createdAt: '2026-11-23T05:00:00.000Z', canResume: false, keepsWork: true, resultId: 'own-questions' },
};

it.each([
  ['stopped', 'Stopped: Own questions'],
  ['finished', 'Finished: Own questions'],
] as const)('says of a run that is %s what became of it, by its name', async (state, words) => {
  const run = makeTrainingRun({ id: 'own-questions', name: 'Own questions', state });
  await openApp({
    methods: {
      ...createFakeJobs([job]),
      ...createFakeTrainingControl({ runs: [run] }),
      async *'jobs.watchAll'() {
        yield { kind: 'all', jobs: [job] };
        yield { kind: 'changed', job: { ...job, state: 'succeeded' } };
      },
    },
  });
  expect(await screen.findByText(words)).toBeDefined();
});

it('says the job’s own title where the run cannot be read', async () => {
  await openApp({
    methods: {
      ...createFakeJobs([job]),
      ...createFakeTrainingControl({ runs: [] }),
      async *'jobs.watchAll'() {
        yield { kind: 'all', jobs: [job] };
        yield { kind: 'changed', job: { ...job, state: 'succeeded' } };
      },
    },
  });
  expect(await screen.findByText('Done: Training own-questions')).toBeDefined();
});
