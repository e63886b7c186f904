import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { openApp, shownSql } from '../../testing/open-app.tsx';

const button = (name: string) => screen.getByRole('button', { name });

describe('a narrow window', () => {
  it('begins without the side panel, and shows it when told to', async () => {
    window.innerWidth = 900;
    const { core, user } = await openApp();
    expect(screen.queryByRole('tab', { name: 'Schema' })).toBeNull();
    await user.click(button('Show the side panel'));
    expect(screen.getByRole('tab', { name: 'Schema' })).toBeDefined();
    await user.click(button('Hide the side panel'));
    expect(screen.queryByRole('tab', { name: 'Schema' })).toBeNull();
    expect(core.calls.some((call) => call.method === 'settings.set')).toBe(false);
  });
});

describe('schema', () => {
  it('finds a column, shows its type and inserts its name, quoted where needed', async () => {
    const { user } = await openApp();
    const search = await screen.findByRole('searchbox', { name: 'Search tables and columns' });
    await user.type(search, 'customer_id');
    const column = await screen.findByRole('treeitem', { name: 'customer_id bigint' });
    expect(column.title).toBe('bigint · refers to customers.id');
    await user.click(column);
    expect(shownSql()).toBe('');
    await user.dblClick(column);
    expect(shownSql()).toBe('customer_id');
    await user.clear(search);
    await user.dblClick(await screen.findByRole('treeitem', { name: /^Order Notes/ }));
    expect(shownSql()).toContain('"Order Notes"');
  });

  it('opens and closes a table by a click, and inserts its name with Enter', async () => {
    const { user } = await openApp();
    const table = await screen.findByRole('treeitem', { name: /^customers/ });
    await user.click(table);
    expect(screen.getByRole('treeitem', { name: 'id bigint' })).toBeDefined();
    expect(shownSql()).toBe('');
    await user.click(table);
    expect(screen.queryByRole('treeitem', { name: 'id bigint' })).toBeNull();
    await user.keyboard('{Enter}');
    expect(shownSql()).toBe('customers');
  });

  it('opens a table with the arrow keys', async () => {
    const { user } = await openApp();
    const first = await screen.findByRole('treeitem', { name: /^customers/ });
    first.focus();
    await user.keyboard('{ArrowRight}{ArrowDown}');
    expect(document.activeElement).toBe(screen.getByRole('treeitem', { name: 'id bigint' }));
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(screen.queryByRole('treeitem', { name: 'id bigint' })).toBeNull();
  });
});
