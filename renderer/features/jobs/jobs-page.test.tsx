import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../core/contract/index.ts';
import { createFakeJobs } from '../../testing/fake-jobs.ts';
import type { FakeOptions } from '../../testing/fake-core.ts';
import { openApp } from '../../testing/open-app.tsx';

function makeJob(more: Partial<Job> & Pick<Job, 'id' | 'state'>): Job {
  return {
    ...{ kind: 'evaluation', title: `Evaluation ${more.id}`, attempt: 1 },
    ...{ createdAt: '2026-11-23T05:00:00.000Z', startedAt: '2026-11-23T05:00:01.000Z' },
    ...{ canResume: false, keepsWork: true },
    ...more,
  };
}

const running = makeJob({
  ...{ id: 'b', state: 'running' },
  progress: { done: 5, total: 20, remainingMs: 30_000, note: 'How many boats are there?' },
});
const jobs = [
  makeJob({ id: 'a', state: 'succeeded', endedAt: '2026-11-23T05:01:01.000Z', resultId: 'run-1' }),
  running,
  makeJob({ id: 'c', state: 'interrupted', canResume: true, endedAt: '2026-11-23T05:01:01.000Z' }),
];

async function openJobs(initial: readonly Job[], options: FakeOptions = {}, ...rest: string[]) {
  const app = await openApp({ ...options, methods: { ...createFakeJobs(initial), ...options.methods } });
  window.location.hash = ['#/jobs', ...rest].join('/');
  return app;
}

describe('the list of jobs', () => {
  it('has what runs on top, with its progress, and a number on the rail', async () => {
    await openJobs(jobs);
    const table = await screen.findByRole('table', { name: 'Jobs' });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows.map((row) => within(row).getByRole('link').textContent)).toEqual([
      'Evaluation b',
      'Evaluation a',
      'Evaluation c',
    ]);
    const bar = screen.getByRole('progressbar', { name: 'Progress of Evaluation b' });
    expect(bar.getAttribute('aria-valuetext')).toBe('5 of 20, about 30.0 s left');
    expect(screen.getByRole('link', { name: /Jobs.*1 job running/ })).toBeDefined();
  });

  it('is filtered, and says so where nothing fits', async () => {
    const { user } = await openJobs([running]);
    await user.click(await screen.findByRole('radio', { name: /Not finished/ }));
    expect(screen.getByText('No job fits the filter.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Show all' }));
    expect(screen.getByRole('link', { name: 'Evaluation b' })).toBeDefined();
  });

  it('does not call done what was stopped before its end', async () => {
    const { user } = await openJobs([makeJob({ id: 's', state: 'succeeded', stopped: true })]);
    expect((await screen.findByRole('row', { name: /Evaluation s/ })).textContent).toContain('Stopped');
    await user.click(screen.getByRole('radio', { name: /Done/ }));
    expect(screen.getByText('No job fits the filter.')).toBeDefined();
    await user.click(screen.getByRole('radio', { name: /Not finished/ }));
    await user.click(screen.getByRole('link', { name: 'Evaluation s' }));
    expect(await screen.findByText('Stopped')).toBeDefined();
  });

  it('cancels after asking, and says that the work is kept', async () => {
    const { core, user } = await openJobs(jobs);
    await user.click(await screen.findByRole('button', { name: 'Cancel' }));
    const dialog = screen.getByRole('dialog', { name: 'Cancel this job?' });
    expect(within(dialog).getByText(/is kept, and you can resume/)).toBeDefined();
    await user.click(within(dialog).getByRole('button', { name: 'Cancel the job' }));
    expect(core.calls).toContainEqual({ method: 'jobs.cancel', input: { jobId: 'b' } });
  });

  it('resumes what was interrupted', async () => {
    const { core, user } = await openJobs(jobs);
    await user.click(await screen.findByRole('button', { name: 'Resume' }));
    expect(core.calls).toContainEqual({ method: 'jobs.resume', input: { jobId: 'c' } });
  });

  it('says where jobs come from when there is none', async () => {
    await openJobs([]);
    expect(await screen.findByText('No jobs yet')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Start an evaluation' })).toBeDefined();
  });
});

describe('a job', () => {
  it('that failed says why and what to do, with its log and its metrics', async () => {
    const failed = makeJob({
      ...{ id: 'd', state: 'failed', endedAt: '2026-11-23T05:02:00.000Z', canResume: true },
      error: {
        code: 'MODEL_MISSING',
        message: 'There is no model at /nowhere.gguf.',
        hint: 'Choose another.',
      },
    });
    const methods: FakeOptions['methods'] = {
      async *'jobs.watch'() {
        const at = '2026-11-23T05:01:00.000Z';
        yield { kind: 'metrics', metrics: [{ seq: 1, at, value: { id: 'demo-1', correct: true } }] };
        yield { kind: 'log', lines: 1 };
        yield { kind: 'job', job: failed };
      },
    };
    await openJobs([failed], { methods }, 'd');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('There is no model at /nowhere.gguf.');
    expect(alert.textContent).toContain('Choose another.');
    expect(screen.getByText('id: demo-1, correct: true')).toBeDefined();
    expect(screen.getByText('1 line')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Resume' })).toBeDefined();
  });

  it('that is gone says so, and leads back', async () => {
    const { user } = await openJobs([], {}, 'nowhere');
    expect(await screen.findByText('This job is not in the list any more')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'All jobs' }));
    expect(await screen.findByText('No jobs yet')).toBeDefined();
  });
});
