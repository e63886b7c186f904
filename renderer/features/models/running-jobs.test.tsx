import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Job } from '../../../core/contract/index.ts';
import { createFakeJobs } from '../../testing/fake-jobs.ts';
import { openApp } from '../../testing/open-app.tsx';

const job = (id: string, more: Partial<Job>): Job => ({
  ...{ id, kind: 'model-download', title: `Download of ${id}`, state: 'failed', attempt: 1 },
  ...{ createdAt: '2026-05-01T10:00:00.000Z', canResume: true, keepsWork: true },
  ...more,
});

it('failed downloads stand apart, can be taken away, and are resumed only where that can help', async () => {
  const jobs = [
    job('a', { state: 'running', canResume: false, progress: { done: 1, total: 2 } }),
    job('b', {
      error: { code: 'NOT_FOUND', message: 'The hub has no b: HTTP 404.', hint: 'Check the name.' },
    }),
    job('c', { error: { code: 'REMOTE_UNREACHABLE', message: 'The line broke.' } }),
  ];
  const { user, core } = await openApp({ methods: createFakeJobs(jobs) });
  window.location.hash = '#/models';
  const running = await screen.findByRole('region', { name: 'Running now' });
  expect(within(running).getAllByRole('listitem')).toHaveLength(1);
  const failed = screen.getByRole('region', { name: 'Downloads that did not finish' });
  const [missing, broken] = within(failed).getAllByRole('listitem');
  if (!missing || !broken) throw new Error('Two failed.');
  expect(within(missing).getByText('Check the name.')).toBeDefined();
  expect(within(missing).queryByRole('button', { name: 'Resume' })).toBeNull();
  expect(within(broken).getByRole('button', { name: 'Resume' })).toBeDefined();
  await user.click(within(missing).getByRole('button', { name: 'Remove Download of b from the list' }));
  expect(core.calls).toContainEqual({ method: 'jobs.remove', input: { jobId: 'b' } });
});
