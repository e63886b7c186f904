import { screen, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../core/contract/index.ts';
import type { FakeOptions } from '../../testing/fake-core.ts';
import { openApp } from '../../testing/open-app.tsx';

async function openSchema(hash: string, options: FakeOptions = {}) {
  const app = await openApp(options);
  window.location.hash = hash;
  return app;
}

const shop = '#/schema/demo%3Aecommerce';

describe('the schema page', () => {
  test('begins with an overview: counts, the largest tables, what the checks say', async () => {
    await openSchema(shop);
    const overview = await screen.findByRole('region', { name: 'Overview of E-commerce' });
    expect(await within(overview).findByText('9.0 MiB')).toBeTruthy();
    expect(within(overview).getAllByRole('link', { name: 'Order Notes' })).toHaveLength(2);
    const checks = within(overview).getByRole('region', { name: 'Checks' });
    expect(await within(checks).findByText('Errors')).toBeTruthy();
  });

  test('a table is opened from the tree and shows its columns, keys, rows and references', async () => {
    const { user } = await openSchema(shop);
    await user.click(await screen.findByRole('treeitem', { name: /^orders/ }));
    const columns = await screen.findByRole('table', { name: 'Columns' });
    expect(within(columns).getByRole('rowheader', { name: /customer_id/ })).toBeTruthy();
    await user.click(screen.getByRole('tab', { name: 'Keys & constraints' }));
    expect(screen.getByRole('table', { name: 'Keys & constraints' }).textContent).toContain('foreign key');
    await user.click(screen.getByRole('tab', { name: 'Sample rows' }));
    await screen.findByText(/Rows 1 to 100, in the order of id/);
    await user.click(screen.getByRole('button', { name: 'Next rows' }));
    await user.click(await screen.findByRole('button', { name: 'Next rows' }));
    await screen.findByText(/Rows 201 to 250/);
    await user.click(screen.getByRole('tab', { name: 'References' }));
    const out = screen.getByRole('region', { name: 'Refers to' });
    await user.click(within(out).getByRole('link', { name: 'customers' }));
    await screen.findByRole('heading', { name: 'customers' });
  });

  test('a table is opened in SQL, its names quoted where they must be', async () => {
    const { user } = await openSchema(`${shop}/public.Order%20Notes`);
    await user.click(await screen.findByRole('button', { name: 'Open in SQL' }));
    expect(await screen.findByText('"Order Notes"')).toBeTruthy();
  });

  test('the tree is searched', async () => {
    const { user } = await openSchema(shop);
    const search = await screen.findByRole('searchbox', { name: 'Search tables and columns' });
    await user.type(search, 'country');
    expect(await screen.findByRole('treeitem', { name: /^country/ })).toBeTruthy();
    expect(screen.queryByRole('treeitem', { name: /^orders/ })).toBeNull();
    await user.clear(search);
    await user.type(search, 'no such name');
    await screen.findByText('No table or column has this in its name.');
  });

  test('checks are filtered by severity and searched', async () => {
    const { user } = await openSchema(`${shop}/lint`);
    const list = await screen.findByRole('list', { name: 'Checks of the schema' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(3);
    await user.click(screen.getByRole('button', { name: /^Warnings/ }));
    expect(within(list).getAllByRole('listitem')).toHaveLength(1);
    await user.type(screen.getByRole('searchbox', { name: 'Search checks' }), 'nothing');
    await screen.findByText('No check matches');
  });

  test('a failure says what is and can be tried again', async () => {
    let broken = true;
    const { user } = await openSchema('#/schema/demo%3Afinance/lint', {
      methods: {
        'schema.lint': async () => {
          if (broken) throw new AppError('SQL_TIMEOUT', 'The catalogue took too long.');
          return { findings: [] };
        },
      },
    });
    await screen.findByText('The catalogue took too long.');
    broken = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByText('Nothing to remark');
  });

  test('a database that cannot be reached says why', async () => {
    await openSchema('#/schema/6e1b2b3e-0000-4000-8000-000000000001');
    await screen.findByText('The schema could not be read');
    await screen.findByText(/No PostgreSQL server at/);
  });
});
