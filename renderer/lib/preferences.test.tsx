import { act, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { AppError } from '../../core/contract/index.ts';
import { openApp } from '../testing/open-app.tsx';
import { readPreferences } from './preferences.ts';

const runsAutomatically = () => screen.getByRole('switch', { name: 'Run automatically' });

it('begins with what the core keeps, not with what this origin has', async () => {
  const { core } = await openApp({
    settings: { runAutomatically: false, connectionId: 'demo:finance', theme: 'dark' },
  });
  expect(runsAutomatically().getAttribute('aria-checked')).toBe('false');
  expect(await screen.findByRole('button', { name: /^Database: Finance/ })).toBeDefined();
  expect(document.documentElement.dataset['theme']).toBe('dark');
  const opened = core.calls.filter(({ method }) => method === 'schema.introspect');
  expect(opened.map(({ input }) => input)).not.toContainEqual({ connectionId: 'demo:ecommerce' });
});

it('gives each choice to the core', async () => {
  const { core, user } = await openApp();
  await user.click(runsAutomatically());
  expect(await core.client['settings.get']({})).toMatchObject({ runAutomatically: false });
});

it('keeps a choice that the core could not take, and brings it with the next connection', async () => {
  let fails = true;
  const taken: unknown[] = [];
  const { core, user } = await openApp({
    methods: {
      'settings.set': async (changes) => {
        if (fails) throw new AppError('DISCONNECTED', 'The app is not running.');
        taken.push(changes);
        return changes;
      },
    },
  });
  await user.click(runsAutomatically());
  expect(readPreferences().runAutomatically).toBe(false);
  fails = false;
  act(() => core.setLink({ kind: 'reconnecting', attempt: 1 }));
  act(() => core.setLink({ kind: 'connected' }));
  await waitFor(() => expect(taken).toEqual([{ runAutomatically: false }]));
  expect(readPreferences().runAutomatically).toBe(false);
});

it('opens with its own when the core cannot say', async () => {
  await openApp({
    methods: {
      'settings.get': async () => {
        throw new AppError('INTERNAL', 'The store cannot be read.');
      },
    },
  });
  expect(runsAutomatically().getAttribute('aria-checked')).toBe('true');
});
