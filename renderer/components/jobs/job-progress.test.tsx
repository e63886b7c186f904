import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import type { Job, JobProgress } from '../../../core/contract/index.ts';
import { JobProgressBar } from './job-progress.tsx';

afterEach(cleanup);

function show(progress: JobProgress): HTMLElement {
  const job: Job = {
    ...{ id: 'a', kind: 'training-environment', title: 'Environment', state: 'running', progress },
    ...{ createdAt: '2026-05-01T10:00:00.000Z', attempt: 1, canResume: false, keepsWork: true },
  };
  return render(<JobProgressBar job={job} />).container;
}

it('says nothing of a count where nothing was counted yet', () => {
  expect(show({ done: 0, note: 'torch' }).textContent).toBe('torch');
});

it('names no time that is left once all is counted', () => {
  expect(show({ done: 52, total: 52, remainingMs: 0 }).textContent).toBe('52 of 52');
  expect(screen.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('52 of 52');
});

it('names the count and what is left', () => {
  expect(show({ done: 13, total: 52, remainingMs: 9_000 }).textContent).toBe('13 of 52about 9.0 s left');
});
