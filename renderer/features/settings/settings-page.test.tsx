import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { AppError } from '../../../core/contract/index.ts';
import { openApp } from '../../testing/open-app.tsx';

it('says what it could not read, and reads it again', async () => {
  let fails = true;
  const { user } = await openApp({
    methods: {
      'postgres.serverStatus': async () => {
        if (fails) throw new AppError('INTERNAL', 'No answer.', { hint: 'Start the app again.' });
        return { state: 'running', port: 54_329, version: '18.4' };
      },
    },
  });
  await user.click(screen.getByRole('link', { name: 'Settings' }));
  const alert = await screen.findByRole('alert');
  expect(within(alert).getByText('No answer.')).toBeDefined();
  expect(within(alert).getByText('Start the app again.')).toBeDefined();
  expect(screen.getByText('unknown')).toBeDefined();
  await waitFor(() => expect(screen.queryByText('Loading…')).toBeNull());
  fails = false;
  await user.click(within(alert).getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText(/PostgreSQL 18\.4/)).toBeDefined();
  expect(screen.queryByRole('alert')).toBeNull();
});
