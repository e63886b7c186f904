import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { endTour } from '../../lib/tour.ts';
import { openApp } from '../../testing/open-app.tsx';

afterEach(endTour);

const step = (name: string) => screen.findByRole('dialog', { name });

it('ends with an answered question, and is never shown again unasked', async () => {
  const { core, user } = await openApp({ settings: { tourDone: false } });
  await step('Ask your databases in plain words');
  await user.click(screen.getByRole('button', { name: 'Next' }));
  await step('The database that is asked');
  await user.click(screen.getByRole('button', { name: 'Next' }));
  const question = await step('The question');
  expect(core.calls.some(({ method }) => method === 'generation.ask')).toBe(false);
  await user.click(within(question).getByRole('button', { name: 'Ask it' }));
  await screen.findByRole('dialog', { name: 'The SQL that was written' }, { timeout: 5_000 });
  expect(core.calls.find(({ method }) => method === 'generation.ask')?.input).toMatchObject({
    connectionId: 'demo:ecommerce',
    question: 'How many customers are there?',
  });
  await user.click(screen.getByRole('button', { name: 'Next' }));
  await step('The answer');
  await user.click(screen.getByRole('button', { name: 'Next' }));
  await step('Your data stays here');
  await user.click(screen.getByRole('button', { name: 'Done' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(core.calls).toContainEqual(
    expect.objectContaining({ method: 'settings.set', input: { tourDone: true } }),
  );
});

it('can be skipped by Escape, which is kept', async () => {
  const { core, user } = await openApp({ settings: { tourDone: false } });
  await step('Ask your databases in plain words');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(core.calls).toContainEqual(
    expect.objectContaining({ method: 'settings.set', input: { tourDone: true } }),
  );
});

it('begins again from the settings', async () => {
  const { user } = await openApp();
  expect(screen.queryByRole('dialog')).toBeNull();
  await user.click(screen.getByRole('link', { name: 'Settings' }));
  await user.click(await screen.findByRole('button', { name: 'Take the tour' }));
  await step('Ask your databases in plain words');
  expect(window.location.hash).toBe('#/ask');
});
