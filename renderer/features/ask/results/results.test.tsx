import { screen, waitFor, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import type { CoreClient } from '../../../../core/contract/index.ts';
import type { FakeOptions } from '../../../testing/fake-core.ts';
import { openApp, typeSql } from '../../../testing/open-app.tsx';

const button = (name: string) => screen.getByRole('button', { name });

/** Runs a statement whose result has 25,000 rows, of which 1,000 came. */
async function openLong(options: FakeOptions = {}) {
  const opened = await openApp(options);
  await typeSql('SELECT * FROM customers');
  await opened.user.click(button('Run'));
  const grid = await screen.findByRole('grid', { name: 'Result rows' });
  const active = () => document.getElementById(grid.getAttribute('aria-activedescendant') ?? '')?.textContent;
  const called = (method: keyof CoreClient) => opened.core.calls.filter((call) => call.method === method);
  return { ...opened, grid, active, called };
}

it('reads on by a cursor as soon as somebody scrolls to the end, and says that the statement ran again', async () => {
  const { user, grid, active, called } = await openLong();
  expect(screen.getByText('1,000+ rows')).toBeDefined();
  expect(called('postgres.openResult')).toEqual([]);
  grid.focus();
  await user.keyboard('{Control>}{End}{/Control}');
  expect(await screen.findByText(/The statement ran again to read on/)).toBeDefined();
  expect(called('postgres.openResult')[0]?.input).toMatchObject({
    connectionId: 'demo:ecommerce',
    sql: 'SELECT * FROM customers',
    origin: 'user',
  });
  await waitFor(() => expect(active()).toMatch(/2024/));
});

it('counts when asked to, and then goes to the very end', async () => {
  const { user, grid, active } = await openLong();
  await user.click(button('Count'));
  expect(await screen.findByText('25,000 rows')).toBeDefined();
  expect(grid.getAttribute('aria-rowcount')).toBe('25001');
  grid.focus();
  await user.keyboard('{Control>}{End}{/Control}{Home}');
  await waitFor(() => expect(active()).toBe('25000'));
});

it('goes to the real last row at once, by counting by itself', async () => {
  const { user, grid, active } = await openLong();
  grid.focus();
  await user.keyboard('{Control>}{End}{/Control}');
  expect(await screen.findByText('25,000 rows')).toBeDefined();
  await waitFor(() => expect(grid.getAttribute('aria-activedescendant')).toMatch(/-24999-4$/));
  await waitFor(() => expect(active()).toMatch(/2024/));
});

it('never knows fewer rows than before while it reads on, and counts only until it is stopped', async () => {
  const { user, grid, called } = await openLong({
    methods: {
      async *'postgres.countRows'(_input, options) {
        yield { counted: 400, isTotal: false };
        await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve));
      },
    },
  });
  grid.focus();
  await user.keyboard('{Control>}{End}{/Control}');
  expect(await screen.findByText(/The statement ran again to read on/)).toBeDefined();
  expect(screen.getByText(/^Counting… 1,[02]00\+ rows$/)).toBeDefined();
  expect(Number(grid.getAttribute('aria-rowcount'))).toBeGreaterThan(1_200);
  await waitFor(() => expect(called('postgres.countRows')).toHaveLength(1));
  await user.click(button('Stop counting'));
  expect(await screen.findByText(/^1,[02]00\+ rows$/)).toBeDefined();
  expect(grid.getAttribute('aria-activedescendant')).toMatch(/-1199-4$/);
});

it('keeps the count when it is sorted, and shows the first row', async () => {
  const { user, grid } = await openLong();
  await user.click(button('Count'));
  expect(await screen.findByText('25,000 rows')).toBeDefined();
  grid.focus();
  await user.keyboard('{Control>}{End}{/Control}');
  await user.click(screen.getByRole('columnheader', { name: /total/ }));
  expect(await screen.findByText('The server ran the statement again, sorted by total.')).toBeDefined();
  expect(screen.getByText('25,000 rows')).toBeDefined();
  expect(grid.getAttribute('aria-rowcount')).toBe('25001');
  expect(grid.getAttribute('aria-activedescendant')).toMatch(/-0-4$/);
  expect(grid.scrollTop).toBe(0);
});

it('sorts a short result itself and lets the server sort a long one', async () => {
  const { user, called } = await openLong();
  await user.click(screen.getByRole('columnheader', { name: /total/ }));
  expect(await screen.findByText('The server ran the statement again, sorted by total.')).toBeDefined();
  expect(called('postgres.openResult')[0]?.input).toMatchObject({ sort: { column: 3, descending: false } });
  expect(screen.getByRole('columnheader', { name: /total/ }).ariaSort).toBe('ascending');

  await typeSql('SELECT count(*) FROM orders');
  await user.click(button('Run'));
  await user.click(await screen.findByRole('columnheader', { name: /count/ }));
  expect(screen.getByRole('columnheader', { name: /count/ }).ariaSort).toBe('ascending');
  expect(called('postgres.openResult')).toHaveLength(1);
});

it('says why no more rows come, and runs again when asked to', async () => {
  let openings = 0;
  const { user, grid } = await openLong({
    methods: {
      async *'postgres.openResult'() {
        openings += 1;
        yield { kind: 'opened', resultId: 'a', columns: [{ name: 'id', type: 'bigint' }], rows: [['1']] };
        yield {
          kind: 'closed',
          reason: 'idle',
          message: 'Nobody read on for 5 minutes, so the server was let go.',
        };
      },
    },
  });
  grid.focus();
  await user.keyboard('{Control>}{End}{/Control}');
  expect(await screen.findByText('The result was closed')).toBeDefined();
  expect(screen.getByText(/Nobody read on/)).toBeDefined();
  await user.click(button('Run again'));
  await waitFor(() => expect(openings).toBe(2));
});

it('copies what is selected in any format, else all rows, and says that more exist', async () => {
  const { user, grid } = await openLong();
  const copyAs = async (name: string) => {
    await user.click(button('Copy'));
    await user.click(screen.getByRole('menuitem', { name }));
  };
  grid.focus();
  await user.keyboard('{ArrowRight}{Shift>}{ArrowRight}{/Shift}');
  await copyAs('As SQL INSERTs');
  expect(await screen.findByText('2 cells copied.')).toBeDefined();
  expect(await navigator.clipboard.readText()).toBe(
    `INSERT INTO customers (name, country) VALUES ('Ada Byron', 'Denmark');`,
  );
  grid.focus();
  await user.keyboard('{Shift>} {/Shift}');
  await copyAs('As JSON');
  expect(JSON.parse(await navigator.clipboard.readText())).toMatchObject([{ id: '1', name: 'Ada Byron' }]);
  grid.focus();
  await user.keyboard('{ArrowDown}');
  await copyAs('As CSV');
  expect((await navigator.clipboard.readText()).trimEnd().split('\r\n')).toHaveLength(1_001);
  expect(
    await screen.findByText('The first 1,000 rows copied; more exist. An export has them all.'),
  ).toBeDefined();
});

it('exports all rows: by the browser without a file picker, into a picked file where it has one', async () => {
  const { user, called } = await openLong();
  const links: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(this: HTMLAnchorElement) {
    links.push(new URL(this.href).pathname);
  });
  await user.click(button('Export all rows'));
  await user.click(screen.getByRole('menuitem', { name: 'As CSV' }));
  await waitFor(() => expect(links).toEqual(['/export/export-1']));
  expect(called('postgres.prepareExport')[0]?.input).toMatchObject({
    format: 'csv',
    fileName: 'ecommerce.csv',
  });
});

it('lets the browser download where its picker fails, but not where the user cancels it', async () => {
  const { user, called } = await openLong();
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  clicked.mockClear();
  const picker = vi
    .fn()
    .mockRejectedValueOnce(new DOMException('The user aborted a request.', 'AbortError'))
    .mockRejectedValue(new DOMException('Must be handling a user gesture.', 'SecurityError'));
  vi.stubGlobal('showSaveFilePicker', picker);
  try {
    for (const count of [1, 2]) {
      await user.click(button('Export all rows'));
      await user.click(screen.getByRole('menuitem', { name: 'As CSV' }));
      await waitFor(() => expect(picker).toHaveBeenCalledTimes(count));
    }
    await waitFor(() => expect(clicked).toHaveBeenCalledTimes(1));
    expect(called('postgres.prepareExport')).toHaveLength(1);
    expect(screen.queryByText('The export failed; no file is left')).toBeNull();
  } finally {
    vi.unstubAllGlobals();
  }
});

it('exports by the core where the desktop shell asks for the place', async () => {
  const pickSavePath = vi
    .fn<() => Promise<string | null>>()
    .mockResolvedValueOnce(null)
    .mockResolvedValue('/tmp/all.csv');
  window.studio = { pickSavePath } as unknown as NonNullable<typeof window.studio>;
  try {
    const { user, called } = await openLong();
    for (const count of [1, 2]) {
      await user.click(button('Export all rows'));
      await user.click(screen.getByRole('menuitem', { name: 'As CSV' }));
      await waitFor(() => expect(pickSavePath).toHaveBeenCalledTimes(count));
    }
    expect(await screen.findByText('all.csv is saved.')).toBeDefined();
    expect(called('postgres.exportToFile').map(({ input }) => input)).toEqual([
      { exportId: 'export-1', path: '/tmp/all.csv' },
    ]);
  } finally {
    delete window.studio;
  }
});

it('opens a value in full with Enter', async () => {
  const { user, grid } = await openLong();
  grid.focus();
  await user.keyboard('{ArrowRight}{Enter}');
  const dialog = await screen.findByRole('dialog', { name: 'name, row 1' });
  expect(within(dialog).getByText('Ada Byron')).toBeDefined();
  await user.click(within(dialog).getByRole('button', { name: 'Copy the value' }));
  expect(await navigator.clipboard.readText()).toBe('Ada Byron');
});
