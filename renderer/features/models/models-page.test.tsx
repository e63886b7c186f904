import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { AppError } from '../../../core/contract/index.ts';
import { openApp } from '../../testing/open-app.tsx';

it('uses, loads and forgets models', async () => {
  const { core, user } = await openApp();
  await user.click(screen.getByRole('link', { name: 'Models' }));
  const actions = await screen.findByRole('group', { name: 'Actions of Mistral 7B SQL' });
  await user.click(within(actions).getByRole('button', { name: 'Use it' }));
  expect(await screen.findByText('Mistral 7B SQL answers from now on')).toBeDefined();
  await user.click(within(actions).getByRole('button', { name: 'Load now' }));
  await user.click(await within(actions).findByRole('button', { name: 'Unload' }));
  await user.click(await within(actions).findByRole('button', { name: 'Take off the list' }));
  expect(await screen.findByText('Off the list; the file stays')).toBeDefined();
  expect(screen.queryByRole('group', { name: 'Actions of Mistral 7B SQL' })).toBeNull();
  expect(core.calls.map(({ method }) => method)).toEqual(
    expect.arrayContaining(['models.load', 'models.unload', 'models.forget']),
  );
});

it('adds a file by its path, or says why not', async () => {
  let fails = true;
  const { user } = await openApp({
    methods: {
      'models.add': async ({ path }) => {
        if (fails) throw new AppError('MODEL_INCOMPATIBLE', 'a.gguf is not a GGUF file.');
        return { ...(await import('../../testing/fake-models.ts')).fakeModels[1]!, path };
      },
    },
  });
  await user.click(screen.getByRole('link', { name: 'Models' }));
  const path = await screen.findByRole('textbox', { name: 'Path of a GGUF file' });
  await user.type(path, '/m/a.gguf{Enter}');
  expect(await screen.findByText('a.gguf is not a GGUF file.')).toBeDefined();
  expect(path).toHaveProperty('value', '/m/a.gguf');
  fails = false;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('Mistral 7B SQL is on the list')).toBeDefined();
});

it('shows a file’s header, and finds a key in it', async () => {
  const { user } = await openApp();
  await user.click(screen.getByRole('link', { name: 'Models' }));
  await user.click(await screen.findByRole('link', { name: 'Studio starter' }));
  expect(await screen.findByRole('heading', { level: 1, name: 'Studio starter' })).toBeDefined();
  const metadata = screen.getByRole('region', { name: 'Metadata' });
  await user.type(within(metadata).getByRole('searchbox'), 'context');
  expect(within(metadata).queryByText('general.architecture')).toBeNull();
  expect(within(metadata).getByText('llama.context_length')).toBeDefined();
  expect(screen.getByText('{{ messages[0].content }}')).toBeDefined();
});

it('leads from a model back to its run, its dataset version and the examples', async () => {
  const { core, user } = await openApp();
  await user.click(screen.getByRole('link', { name: 'Models' }));
  await user.click(await screen.findByRole('link', { name: 'Mistral 7B SQL' }));
  const lineage = await screen.findByRole('region', { name: 'Where this model comes from' });
  const run = await within(lineage).findByRole('link', { name: 'Shop' });
  expect(run.getAttribute('href')).toBe('#/training/run/shop');
  expect(within(lineage).getByText(/examples? to train on/, { selector: 'span' })).toBeDefined();
  expect(within(lineage).getByRole('list', { name: 'Sources' })).toBeDefined();
  expect(core.calls).toContainEqual(
    expect.objectContaining({
      method: 'loop.lineage',
      input: { model: { path: '/models/mistral-sql-Q4_K_M.gguf' } },
    }),
  );
});

it('has an address for each kind, which the command palette leads to', async () => {
  const { user } = await openApp();
  await user.click(screen.getByRole('link', { name: 'Models' }));
  await user.click(await screen.findByRole('tab', { name: 'Servers' }));
  expect(window.location.hash).toBe('#/models/servers');
  await user.keyboard('{Control>}k{/Control}');
  // It comes with code of its own, which a busy machine takes a while to read.
  const palette = await screen.findByRole('dialog', {}, { timeout: 10_000 });
  await user.click(within(palette).getByRole('combobox'));
  await user.paste('Compare models');
  await user.keyboard('{Enter}');
  expect(await screen.findByRole('tab', { name: 'Comparison', selected: true })).toBeDefined();
});

it('asks why where a run made the model and no measurement speaks for it', async () => {
  let asked = 0;
  const { core, user } = await openApp({
    methods: {
      'loop.use': async ({ insistBecause }) => {
        asked++;
        if (insistBecause !== undefined) return {};
        throw new AppError('CONFLICT', 'This model is not promoted: It was not measured.', {
          details: { needsReason: true, objection: 'It was not measured.' },
        });
      },
    },
  });
  await user.click(screen.getByRole('link', { name: 'Models' }));
  const actions = await screen.findByRole('group', { name: 'Actions of Mistral 7B SQL' });
  await user.click(within(actions).getByRole('button', { name: 'Use it' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByText('It was not measured.')).toBeDefined();
  await user.type(within(dialog).getByRole('textbox', { name: 'Reason' }), 'To try it.');
  await user.click(within(dialog).getByRole('button', { name: 'Use it all the same' }));
  expect(await screen.findByText('Mistral 7B SQL answers from now on')).toBeDefined();
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(asked).toBe(2);
  expect(core.calls).toContainEqual(
    expect.objectContaining({
      method: 'loop.use',
      input: { model: { path: '/models/mistral-sql-Q4_K_M.gguf' }, insistBecause: 'To try it.' },
    }),
  );
});
