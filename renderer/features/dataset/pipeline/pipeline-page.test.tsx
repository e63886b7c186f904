import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AppError, type Job } from '../../../../core/contract/index.ts';
import type { FakeOptions } from '../../../testing/fake-core.ts';
import { createFakeJobs } from '../../../testing/fake-jobs.ts';
import { openApp } from '../../../testing/open-app.tsx';

const running: Job = {
  id: 'job-1',
  kind: 'dataset',
  title: 'Dataset: all stages',
  state: 'running',
  createdAt: '2026-05-01T10:00:00.000Z',
  attempt: 1,
  progress: { done: 12, total: 166, note: 'convert: 12/166 pets_1: 40/40 pairs' },
  canResume: false,
  keepsWork: true,
};

async function openPipeline(options: FakeOptions = {}) {
  const opened = await openApp(options);
  act(() => {
    window.location.hash = '#/dataset/pipeline';
  });
  await screen.findByRole('listitem', { name: 'convert' }, { timeout: 5_000 }).catch(() => undefined);
  return opened;
}

const builds = (core: Awaited<ReturnType<typeof openApp>>['core']) =>
  core.calls.filter(({ method }) => method === 'dataset.startBuild').map(({ input }) => input);

describe('the stages', () => {
  it('say what is stale and why, and are run one by one or all', async () => {
    const { core, user } = await openPipeline({
      methods: {
        'dataset.check': async () => [
          { stage: 'convert', state: 'done' },
          { stage: 'split', state: 'stale', reason: 'the input overrides.jsonl has changed' },
        ],
      },
    });
    const split = await screen.findByRole('listitem', { name: 'split' });
    expect(within(split).getByText('the input overrides.jsonl has changed')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Run what is not done' }));
    expect(builds(core)).toEqual([{ force: false }]);
  });

  it('run again only by their own button, or after a question', async () => {
    const { core, user } = await openPipeline();
    await user.click(await screen.findByRole('button', { name: 'Run all again' }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Cancel' }));
    expect(builds(core)).toEqual([]);
    await user.click(await screen.findByRole('button', { name: 'Run again: convert' }));
    expect(builds(core)).toEqual([{ stages: ['convert'], force: true }]);
  });

  it('say why they cannot be checked', async () => {
    await openPipeline({
      methods: {
        'dataset.check': async () => {
          throw new AppError('PERMISSION_DENIED', 'raw/spider cannot be read.');
        },
      },
    });
    expect(await screen.findByText('raw/spider cannot be read.')).toBeDefined();
  });
});

describe('a run', () => {
  it('that goes on is found again, shows how far it is, and is cancelled', async () => {
    const { core, user } = await openPipeline({ methods: createFakeJobs([running]) });
    const card = await screen.findByRole('region', { name: 'Running now' });
    expect(within(card).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('12');
    expect(within(card).getByText('12 / 166')).toBeDefined();
    await user.click(within(card).getByRole('button', { name: 'Cancel' }));
    await waitFor(() =>
      expect(core.calls).toContainEqual({ method: 'jobs.cancel', input: { jobId: 'job-1' } }),
    );
  });

  it('that failed says why, and goes on from there', async () => {
    const failed: Job = {
      ...running,
      state: 'failed',
      canResume: true,
      error: { code: 'DISK_FULL', message: 'No room is left on /data.' },
    };
    const { core, user } = await openPipeline({ methods: createFakeJobs([failed]) });
    const card = await screen.findByRole('region', { name: 'Last run' });
    expect(within(card).getByText('No room is left on /data.')).toBeDefined();
    await user.click(within(card).getByRole('button', { name: 'Go on' }));
    await waitFor(() => expect(core.calls.map(({ method }) => method)).toContain('jobs.resume'));
  });

  it('imports the release whose path is typed, and keeps the path where it is refused', async () => {
    const { core, user } = await openPipeline({
      methods: {
        'dataset.startBuild': async () => {
          throw new AppError('CONFLICT', 'Another run works on the dataset.');
        },
      },
    });
    const path = await screen.findByRole('textbox', { name: 'Path of the zip or folder' });
    await user.type(path, '/tmp/spider.zip');
    await user.click(screen.getByRole('button', { name: 'Import and run all' }));
    expect(await screen.findByText('Another run works on the dataset.')).toBeDefined();
    expect(builds(core)).toEqual([{ source: '/tmp/spider.zip', force: false }]);
    expect(path).toHaveProperty('value', '/tmp/spider.zip');
  });
});
