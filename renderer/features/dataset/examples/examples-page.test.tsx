import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../core/contract/index.ts';
import { openApp } from '../../../testing/open-app.tsx';
import type { FakeOptions } from '../../../testing/fake-core.ts';

const grid = () => screen.findByRole('grid', { name: 'Examples' });
const searches = (core: Awaited<ReturnType<typeof openApp>>['core']) =>
  core.calls.filter(({ method }) => method === 'dataset.search').map(({ input }) => input);

async function openDataset(hash = '#/dataset/examples', options: FakeOptions = {}) {
  const opened = await openApp(options);
  act(() => {
    window.location.hash = hash;
  });
  return opened;
}

describe('the list', () => {
  it('finds as one types, and the address has it', async () => {
    const { core, user } = await openDataset();
    expect(within(await grid()).getAllByRole('row')).toHaveLength(3);
    await user.type(screen.getByRole('textbox', { name: 'Search the examples' }), 'youngest');
    await waitFor(() => expect(screen.getByText('1 of 2 examples')).toBeDefined());
    // A slow typist's “you” finds the same one: the list alone does not say that all of it was heard.
    const address = () => decodeURIComponent(window.location.hash);
    await waitFor(() => expect(address()).toBe('#/dataset/examples/search/text=youngest'));
    await waitFor(() => expect(searches(core).at(-1)).toMatchObject({ text: 'youngest' }));
  });

  it('is narrowed by a filter with its count, and widened by its chip', async () => {
    const { core, user } = await openDataset();
    await grid();
    await user.click(screen.getByRole('checkbox', { name: 'nondeterministic 1' }));
    await screen.findByText('1 of 2 examples');
    expect(searches(core)).toContainEqual(
      expect.objectContaining({ filters: { outcome: ['nondeterministic'] } }),
    );
    await user.click(screen.getByRole('button', { name: 'Remove Outcome of conversion: nondeterministic' }));
    await screen.findByText('2 of 2 examples');
  });

  it('says what to do when nothing matches', async () => {
    const { user } = await openDataset('#/dataset/examples/search/text%3Dzzyzx%26hardness%3Dhard');
    await screen.findByText('Nothing matches');
    await user.click(screen.getAllByRole('button', { name: 'Clear all' })[0] as HTMLElement);
    expect(within(await grid()).getAllByRole('row')).toHaveLength(3);
  });

  it('opens an example with the keyboard, and goes on to the next', async () => {
    const { user } = await openDataset();
    await grid();
    await user.type(
      screen.getByRole('textbox', { name: 'Search the examples' }),
      '{ArrowDown}{ArrowDown}{Enter}',
    );
    await screen.findByRole('article', { name: 'Example dev:1' });
    expect(await screen.findByText('2 of 2')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Previous example' }));
    await screen.findByRole('article', { name: 'Example dev:0' });
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Previous example' })).toHaveProperty('disabled', true),
    );
    await user.click(screen.getByRole('button', { name: 'Close the example' }));
    expect(screen.queryByRole('article')).toBeNull();
  });

  it('comes back as it was left', async () => {
    await openDataset('#/dataset/examples/dev%3A1/sort%3D-tables');
    await screen.findByRole('article', { name: 'Example dev:1' });
    act(() => {
      window.location.hash = '#/settings';
    });
    await screen.findByRole('heading', { name: 'Settings' });
    act(() => {
      window.location.hash = '#/dataset';
    });
    await screen.findByRole('article', { name: 'Example dev:1' });
    expect(decodeURIComponent(window.location.hash)).toBe('#/dataset/examples/dev:1/sort=-tables');
  });
});

describe('without a dataset', () => {
  it('leads to the pipeline', async () => {
    const { user } = await openDataset('#/dataset', {
      methods: {
        'dataset.status': async () => ({
          ...{ folder: '/data', state: 'missing', stages: [], pairs: 0, overrides: 0 },
          ...{ bySource: {}, bySplit: {}, byOutcome: {} },
        }),
      },
    });
    await screen.findByText('No dataset yet');
    await user.click(screen.getByRole('button', { name: 'Open the pipeline' }));
    expect(window.location.hash).toBe('#/dataset/pipeline');
  });

  it('says what is wrong with one that is damaged, and tries again', async () => {
    let fails = true;
    const { user } = await openDataset('#/dataset/examples', {
      methods: {
        'dataset.search': async () => {
          if (fails) throw new AppError('DATASET_CORRUPT', 'pairs.jsonl, line 3 is not JSON.');
          return { total: 0, items: [], facets: {} as never, tookMs: 1 };
        },
      },
    });
    await screen.findByText('pairs.jsonl, line 3 is not JSON.');
    fails = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByText('Nothing matches');
  });
});
