import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { fakeCustomers } from '../../testing/fake-data.ts';
import { DataGrid } from './data-grid.tsx';

function openGrid(rowCount = 5_000) {
  const onCopy = vi.fn();
  const { columns, rows } = fakeCustomers(rowCount);
  render(<DataGrid label="Rows" columns={columns} rows={rows} onCopy={onCopy} />);
  const grid = screen.getByRole('grid', { name: 'Rows' });
  const active = () => document.getElementById(grid.getAttribute('aria-activedescendant') ?? '')?.textContent;
  grid.focus();
  return { grid, active, onCopy, user: userEvent.setup() };
}

it('draws only what can be seen, and says how much there is', () => {
  const { grid } = openGrid();
  expect(grid.getAttribute('aria-rowcount')).toBe('5001');
  expect(screen.getAllByRole('row').length).toBeLessThan(60);
});

it('names columns with their types, aligns numbers right and marks NULL', () => {
  openGrid();
  expect(screen.getByRole('columnheader', { name: /total.*numeric/ }).className).toContain('number');
  expect(screen.getByRole('columnheader', { name: /name.*text/ }).className).not.toContain('number');
  expect(screen.getAllByRole('gridcell', { name: 'NULL' })[0]?.className).toContain('null');
});

it('moves the active cell with the keys', async () => {
  const { active, user } = openGrid();
  expect(active()).toBe('1');
  await user.keyboard('{ArrowDown}{ArrowRight}');
  expect(active()).toBe('Grace Hopper');
  await user.keyboard('{End}');
  expect(active()).toBe('2024-02-11 08:30:00+00');
  await user.keyboard('{Home}{ArrowUp}{ArrowUp}');
  expect(active()).toBe('1');
});

it('copies one cell, a range and a whole column', async () => {
  const { onCopy, user } = openGrid(3);
  await user.keyboard('{ArrowRight}{Control>}c{/Control}');
  expect(onCopy).toHaveBeenLastCalledWith('Ada Byron', 1);
  await user.keyboard('{Shift>}{ArrowDown}{ArrowRight}{/Shift}{Control>}c{/Control}');
  expect(onCopy).toHaveBeenLastCalledWith('Ada Byron\tDenmark\nGrace Hopper\tDenmark', 4);
  await user.keyboard('{Control>}a{/Control}{Control>}c{/Control}');
  expect(onCopy).toHaveBeenLastCalledWith(expect.stringMatching(/^1\tAda/), 15);
});

it('makes a column wider with +', async () => {
  const { user } = openGrid(3);
  const width = () => screen.getAllByRole('columnheader')[0]?.style.width;
  const before = Number.parseInt(width() ?? '');
  await user.keyboard('+');
  expect(Number.parseInt(width() ?? '')).toBe(before + 16);
});

it('makes columns wider for what is scrolled to, but not one whose width was set', async () => {
  const columns = ['first', 'second'].map((name) => ({ name, type: 'text' }));
  const rows = Array.from({ length: 1_000 }, (_, index) => {
    const text = 'x'.repeat(index < 900 ? 4 : 30);
    return [text, text];
  });
  render(<DataGrid label="Rows" columns={columns} rows={rows} onCopy={vi.fn()} />);
  const user = userEvent.setup();
  const widths = () => screen.getAllByRole('columnheader').map(({ style }) => Number.parseInt(style.width));
  const [, secondBefore = 0] = widths();
  screen.getByRole('grid').focus();
  await user.keyboard('+');
  const [firstBefore] = widths();
  await user.keyboard('{Control>}{End}{/Control}');
  await waitFor(() => expect(widths()[1]).toBeGreaterThan(secondBefore + 100));
  expect(widths()[0]).toBe(firstBefore);
});

it('goes to the last row once it is found, unless the user goes elsewhere meanwhile', async () => {
  const { columns, rows } = fakeCustomers(20);
  const { promise, resolve } = Promise.withResolvers<number>();
  const open = (count: number) => (
    <DataGrid
      label="Rows"
      columns={columns}
      rows={rows.slice(0, count)}
      onCopy={vi.fn()}
      onSeekEnd={() => promise}
    />
  );
  const { rerender } = render(open(5));
  const user = userEvent.setup();
  const grid = screen.getByRole('grid');
  grid.focus();
  await user.keyboard('{Control>}{End}{/Control}{ArrowUp}{Control>}{ArrowDown}{/Control}');
  expect(grid.getAttribute('aria-activedescendant')).toMatch(/-4-4$/);
  resolve(20);
  rerender(open(20));
  await waitFor(() => expect(grid.getAttribute('aria-activedescendant')).toMatch(/-19-4$/));
  await user.keyboard('{Control>}{End}{/Control}{ArrowUp}');
  await promise;
  expect(grid.getAttribute('aria-activedescendant')).toMatch(/-18-4$/);
});
