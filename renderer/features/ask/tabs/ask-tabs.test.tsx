import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { openApp, shownSql, typeSql } from '../../../testing/open-app.tsx';
import { requestAsk } from '../../../lib/ask-request.ts';

const strip = () => screen.getByRole('tablist', { name: 'Tabs' });
const tabs = () =>
  within(strip())
    .getAllByRole('tab')
    .map((tab) => tab.firstElementChild?.textContent);
const question = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Question' });

it('keeps each tab’s question and statement apart', async () => {
  const { user } = await openApp();
  await user.type(question(), 'first');
  await user.click(screen.getByRole('button', { name: /^New tab/ }));
  expect(question().value).toBe('');
  await user.type(question(), 'second');
  expect(tabs()).toEqual(['first', 'second']);
  await user.click(within(strip()).getByRole('tab', { name: /first/ }));
  expect(question().value).toBe('first');
});

it('brings the tabs back from what the core kept', async () => {
  const source = { kind: 'typed' as const };
  const tab = { connectionId: 'demo:ecommerce', source };
  await openApp({
    workspace: {
      tabs: [
        { ...tab, id: 'a', question: 'one', sql: '' },
        { ...tab, id: 'b', question: '', sql: 'SELECT 2', name: 'Two' },
      ],
      activeId: 'b',
    },
  });
  expect(tabs()).toEqual(['one', 'Two']);
  await waitFor(() => expect(shownSql()).toBe('SELECT 2'));
});

it('tells the core what is typed, and this window’s reload finds it even where the core does not', async () => {
  const { core, user } = await openApp();
  await user.type(question(), 'half');
  await typeSql('SELECT 1');
  await waitFor(() =>
    expect(core.calls.filter(({ method }) => method === 'workspace.save').at(-1)?.input).toMatchObject({
      tabs: [{ question: 'half', sql: 'SELECT 1' }],
    }),
  );
  cleanup();
  await openApp({ methods: { 'workspace.get': () => Promise.reject(new Error('away')) } });
  expect(question().value).toBe('half');
});

it('closes a tab, brings it back, and never leaves none', async () => {
  const { user } = await openApp();
  await user.type(question(), 'gone?');
  await user.click(screen.getByTitle(/^Close the tab/));
  expect(tabs()).toEqual(['New tab']);
  expect(question().value).toBe('');
  await user.keyboard('{Alt>}{Shift>}w{/Shift}{/Alt}');
  expect(question().value).toBe('gone?');
});

it('renames with F2, and Escape leaves the name', async () => {
  const { user } = await openApp();
  within(strip()).getByRole('tab').focus();
  await user.keyboard('{F2}');
  await user.type(screen.getByRole('textbox', { name: 'Name of the tab' }), 'Report{Enter}');
  expect(tabs()).toEqual(['Report']);
  within(strip()).getByRole('tab').focus();
  await user.keyboard('{F2}x{Escape}');
  expect(tabs()).toEqual(['Report']);
});

it('stops what runs in a tab that is closed', async () => {
  const aborted = vi.fn();
  const { user } = await openApp({
    methods: {
      async *'generation.ask'(_input, options) {
        await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve));
        aborted();
        yield { kind: 'stage', stage: 'schema' } as const;
      },
    },
  });
  await user.type(question(), 'slow{Enter}');
  within(strip()).getByRole('tab').focus();
  await user.keyboard('{Delete}');
  await waitFor(() => expect(aborted).toHaveBeenCalled());
});

it('opens what another page asks for: in the empty tab, else in a new one', async () => {
  await openApp();
  requestAsk({ connectionId: 'demo:finance', sql: 'SELECT 3' });
  await waitFor(() => expect(tabs()).toEqual(['SELECT 3']));
  requestAsk({ connectionId: 'demo:ecommerce', question: 'more' });
  await waitFor(() => expect(tabs()).toEqual(['SELECT 3', 'more']));
});
