import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { openApp, typeSql } from '../../testing/open-app.tsx';

const panel = () => within(screen.getByRole('region', { name: 'SQL' }));
const linkName = { name: 'Show on diagram' };
const joined = (what: string) => `SELECT ${what} FROM customers c JOIN orders o ON o.customer_id = c.id`;

describe('a statement that joins', () => {
  it('leads to the diagram from the head of its panel, and warns of nothing where nothing is inflated', async () => {
    await openApp();
    await typeSql(joined('c.id'));
    const link = await panel().findByRole('link', linkName, { timeout: 3000 });
    expect(link.closest('.card-head')).not.toBeNull();
    expect(link.getAttribute('href')).toMatch(/^#\/schema\/.*\/diagram\/sql\//);
    expect(panel().queryByRole('group', { name: /warning/ })).toBeNull();
  });

  it('is warned about under the statement where a join inflates an aggregate', async () => {
    await openApp();
    await typeSql(joined('sum(c.id)'));
    const warning = await panel().findByRole('group', { name: '1 warning' }, { timeout: 3000 });
    expect(within(warning).queryByRole('link')).toBeNull();
    expect(panel().getByRole('link', linkName)).toBeDefined();
  });
});
