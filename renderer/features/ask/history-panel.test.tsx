import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { AppError } from '../../../core/contract/index.ts';
import { openApp } from '../../testing/open-app.tsx';

const locked = () => new AppError('INTERNAL', 'The store is locked.', { hint: 'Close the other app.' });
const question = () => screen.getByRole('textbox', { name: 'Question' });

it('says that it cannot be read, and reads again', async () => {
  let fails = true;
  const { user } = await openApp({
    methods: {
      'history.list': async () => {
        if (fails) throw locked();
        return [];
      },
    },
  });
  await user.click(screen.getByRole('tab', { name: 'History' }));
  const alert = await screen.findByRole('alert');
  expect(within(alert).getByText('The history cannot be read')).toBeDefined();
  expect(within(alert).getByText('The store is locked.')).toBeDefined();
  expect(within(alert).getByText('Close the other app.')).toBeDefined();
  expect(screen.queryByText('No history yet')).toBeNull();
  fails = false;
  await user.click(within(alert).getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('No history yet')).toBeDefined();
});

it('says that an entry was not deleted, and tries again', async () => {
  const removed: string[] = [];
  let fails = true;
  const { user } = await openApp({
    methods: {
      'history.remove': async ({ id }) => {
        if (fails) throw locked();
        removed.push(id);
        return {};
      },
    },
  });
  await user.click(screen.getByRole('tab', { name: 'History' }));
  await user.type(question(), 'How many?{Enter}');
  await user.click(await screen.findByRole('button', { name: 'Delete from the history: How many?' }));
  const alert = await screen.findByRole('alert');
  expect(within(alert).getByText('The entry was not deleted')).toBeDefined();
  fails = false;
  await user.click(within(alert).getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(removed).toEqual(['history-1']));
  await waitFor(() => expect(screen.queryByText('The entry was not deleted')).toBeNull());
});

it('says that it was not cleared, and keeps its entries on show', async () => {
  const { user } = await openApp({
    methods: {
      'history.clear': async () => {
        throw locked();
      },
    },
  });
  await user.click(screen.getByRole('tab', { name: 'History' }));
  await user.type(question(), 'How many?{Enter}');
  await user.click(await screen.findByRole('button', { name: 'Clear history' }));
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Clear history' }));
  expect(await screen.findByText('The history was not cleared')).toBeDefined();
  expect(screen.getByRole('button', { name: /^Restore: How many\?/ })).toBeDefined();
});
