import { act, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Distribution } from '../../../../core/contract/index.ts';
import { openApp } from '../../../testing/open-app.tsx';
import { keep } from '../kept.ts';
import { barWidthOf, toGroupedChart, toTablesChart } from './chart-data.ts';

describe('as tables', () => {
  // jsdom draws no pictures; the end-to-end specs look at those.
  beforeEach(() => keep('statistics.table', true));

  it('every number leads to its examples', async () => {
    await openApp();
    act(() => {
      window.location.hash = '#/dataset/statistics';
    });
    const hardness = await screen.findByRole('region', { name: 'Hardness by split' });
    const link = within(hardness).getByRole('link', { name: 'Show left out, medium: 1' });
    expect(decodeURIComponent(link.getAttribute('href') ?? '')).toBe(
      '#/dataset/examples/search/split=left-out&hardness=medium',
    );
    expect(
      within(screen.getByRole('region', { name: 'Length of the prompt, in tokens' })).getByText(
        /95 % at most 412/,
      ),
    ).toBeDefined();
  });
});

describe('the data of a chart', () => {
  it('keeps the order of splits and values, and leaves out what does not occur', () => {
    const chart = toGroupedChart(
      { test: { hard: 2 }, train: { easy: 3, hard: 1 } },
      {
        ...{ filter: 'hardness', groupFilter: 'split' },
        ...{ valueOrder: ['easy', 'medium', 'hard'], groupOrder: ['train', 'val', 'test'] },
      },
    );
    expect(chart.values).toEqual(['easy', 'hard']);
    expect(chart.groups).toEqual([
      { group: 'train', counts: [3, 1] },
      { group: 'test', counts: [0, 2] },
    ]);
  });

  it('puts queries of many tables together, as the filter does', () => {
    const chart = toTablesChart({ tablesPerQuery: { 1: 5, 4: 2, 6: 1 } });
    expect(chart.values).toEqual(['1', '4+']);
    expect(chart.groups[0]?.counts).toEqual([5, 3]);
  });

  it('knows the width of a bar, even of a single one', () => {
    const one: Distribution = { count: 1, p50: 7, p95: 7, p99: 7, max: 7, bars: [{ from: 0, count: 1 }] };
    expect(barWidthOf(one)).toBe(7);
    expect(barWidthOf({ ...one, bars: [...one.bars, { from: 5, count: 0 }] })).toBe(5);
  });
});
