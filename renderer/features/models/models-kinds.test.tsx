import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { AppError } from '../../../core/contract/index.ts';
import { createFakeModels } from '../../testing/fake-models.ts';
import { openApp } from '../../testing/open-app.tsx';

type App = Awaited<ReturnType<typeof openApp>>;

async function openModels(options?: Parameters<typeof openApp>[0], tab?: string): Promise<App> {
  const app = await openApp(options);
  await app.user.click(screen.getByRole('link', { name: 'Models' }));
  if (tab) await app.user.click(await screen.findByRole('tab', { name: tab }));
  return app;
}

const inputsOf = ({ core }: App, method: string) =>
  core.calls.filter((call) => call.method === method).map(({ input }) => input);

it('finds a model on the hub and downloads the file that was chosen', async () => {
  const app = await openModels();
  const what = await screen.findByRole('textbox', { name: /Name on the hub/ });
  await app.user.type(what, 'no/such{Enter}');
  expect((await screen.findByRole('alert')).textContent).toContain('The hub has no repository no/such');
  await app.user.clear(what);
  await app.user.type(what, 'bartowski/Mistral-7B-SQL-GGUF{Enter}');
  const found = await screen.findByRole('region', { name: 'bartowski/Mistral-7B-SQL-GGUF' });
  expect(within(found).getByText('here already')).toBeDefined();
  await app.user.click(within(found).getByRole('button', { name: 'Download Mistral-7B-SQL-Q8_0.gguf' }));
  expect(inputsOf(app, 'models.download')).toEqual([
    expect.objectContaining({ kind: 'hub-file', file: 'Mistral-7B-SQL-Q8_0.gguf' }),
  ]);
});

it('takes an address with its hash', async () => {
  const app = await openModels();
  const what = await screen.findByRole('textbox', { name: /Name on the hub/ });
  await app.user.type(what, 'https://example.com/m.gguf');
  await app.user.type(screen.getByRole('textbox', { name: 'SHA-256 (optional)' }), 'a'.repeat(64));
  await app.user.click(screen.getByRole('button', { name: 'Download' }));
  expect(inputsOf(app, 'models.download')).toEqual([
    { kind: 'url', url: 'https://example.com/m.gguf', sha256: 'a'.repeat(64) },
  ]);
});

it('shows origin, licence and figures, and asks before it deletes', async () => {
  const app = await openModels();
  const row = (await screen.findByRole('link', { name: 'Support desk' })).closest('li');
  if (!row) throw new Error('The model has no row.');
  expect(row.textContent).toContain('apache-2.0 · from the run Support desk');
  expect(await screen.findByText(/86\.7 % right on demo \(60\) · 12\.4 tokens\/s/)).toBeDefined();
  await app.user.click(within(row).getByRole('button', { name: 'Delete…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Delete Support desk?' });
  await app.user.click(within(dialog).getByRole('button', { name: 'Delete' }));
  expect(await screen.findByText(/are free again/)).toBeDefined();
  expect(screen.queryByRole('link', { name: 'Support desk' })).toBeNull();
});

it('says what does not fit the memory, and loads it anyway on the second word', async () => {
  const app = await openModels({
    methods: {
      'models.load': async ({ anyway }) => {
        if (anyway) return {};
        throw new AppError('OUT_OF_MEMORY', 'Mistral 7B SQL needs 5.1 GiB of memory; 3.2 GiB are free.', {
          hint: 'The Q4_K_M file of the same model is here and fits.',
        });
      },
    },
  });
  const actions = await screen.findByRole('group', { name: 'Actions of Mistral 7B SQL' });
  await app.user.click(within(actions).getByRole('button', { name: 'Load now' }));
  const dialog = await screen.findByRole('dialog', { name: 'It does not fit the memory' });
  expect(dialog.textContent).toContain('needs 5.1 GiB of memory; 3.2 GiB are free');
  await app.user.click(within(dialog).getByRole('button', { name: 'Load anyway' }));
  expect(inputsOf(app, 'models.load')).toEqual([
    expect.objectContaining({ anyway: false }),
    expect.objectContaining({ anyway: true }),
  ]);
});

it('quantizes to several types at once', async () => {
  const app = await openModels();
  const actions = await screen.findByRole('group', { name: 'Actions of Mistral 7B SQL' });
  await app.user.click(within(actions).getByRole('button', { name: 'Quantize…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Quantize Mistral 7B SQL' });
  const start = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Quantize' });
  expect(start.disabled).toBe(true);
  await app.user.click(within(dialog).getByRole('checkbox', { name: /although it is quantized already/ }));
  await app.user.click(start);
  expect(inputsOf(app, 'models.startQuantize')).toEqual([
    { path: '/models/mistral-sql-Q4_K_M.gguf', types: ['Q8_0'], allowRequantize: true },
  ]);
});

it('chooses an adapter for a connection; one that does not fit cannot be chosen', async () => {
  const app = await openModels({}, 'Adapters');
  expect(await screen.findByText('It is a folder of PEFT: export its run to run it here.')).toBeDefined();
  const [choice] = await screen.findAllByRole('combobox', { name: /Adapter of/ });
  if (!choice) throw new Error('No connection is there.');
  await app.user.selectOptions(choice, 'shop-adapter');
  expect(inputsOf(app, 'models.setConnectionAdapter')).toEqual([
    expect.objectContaining({ path: expect.stringMatching(/shop-adapter-f16\.gguf$/) }),
  ]);
});

it('tests a server before it is kept, and keeps what was typed where it fails', async () => {
  const app = await openModels({}, 'Servers');
  const form = await screen.findByRole('region', { name: 'Add a server' });
  await app.user.type(within(form).getByRole('textbox', { name: 'Name' }), 'Mine');
  const address = within(form).getByRole<HTMLInputElement>('textbox', { name: 'Address' });
  await app.user.type(address, 'http://nowhere:8000/v1');
  await app.user.click(within(form).getByRole('button', { name: 'Test' }));
  expect((await within(form).findByRole('alert')).textContent).toContain('Nothing answers');
  expect(address.value).toBe('http://nowhere:8000/v1');
  await app.user.clear(address);
  await app.user.type(address, 'http://localhost:8000/v1');
  await app.user.click(within(form).getByRole('button', { name: 'Test' }));
  expect(await within(form).findByText(/serves mistral-sql, other/)).toBeDefined();
  await app.user.click(within(form).getByRole('button', { name: 'Save' }));
  expect(await screen.findByRole('group', { name: 'Actions of Mine' })).toBeDefined();
});

it('compares files, and shows what was measured as a table', async () => {
  const app = await openModels({}, 'Comparison');
  const report = await screen.findByRole('region', { name: /^demo, first 60 questions, / });
  const table = within(report).getByRole('table');
  expect(
    within(table).getByRole('row', { name: /Q4_K_M 4\.07 GiB 85\.0 % \(51\/60\) 12\.4 4\.66 GiB 1\.30/ }),
  ).toBeDefined();
  await app.user.click(await screen.findByRole('checkbox', { name: /Mistral 7B SQL/ }));
  await app.user.type(screen.getByRole('textbox', { name: 'Only the first' }), '20');
  await app.user.click(screen.getByRole('button', { name: 'Compare' }));
  expect(inputsOf(app, 'models.startReport')).toEqual([
    { paths: ['/models/mistral-sql-Q4_K_M.gguf'], split: 'demo', limit: 20 },
  ]);
});

it('says why adapters, base models, servers and comparisons cannot be read', async () => {
  const fail = async () => Promise.reject(new AppError('INTERNAL', 'The disk is gone.'));
  const app = await openModels({
    methods: {
      'models.adapters': fail,
      'models.bases': fail,
      'models.servers': fail,
      'models.reports': fail,
    },
  });
  for (const [tab, title] of [
    ['Adapters', 'The adapters cannot be listed'],
    ['Base models', 'The base models cannot be listed'],
    ['Servers', 'The servers cannot be listed'],
    ['Comparison', 'The comparisons cannot be listed'],
  ] as const) {
    await app.user.click(await screen.findByRole('tab', { name: tab }));
    expect(await screen.findByText(title)).toBeDefined();
  }
});

it('switches the model beside the question', async () => {
  const app = await openApp();
  await app.user.click(await screen.findByRole('button', { name: /^Model: Studio starter/ }));
  await app.user.click(await screen.findByRole('menuitemradio', { name: /Mistral 7B SQL/ }));
  expect(await screen.findByText('Mistral 7B SQL answers from now on')).toBeDefined();
  expect(inputsOf(app, 'loop.use')).toContainEqual({
    model: { path: '/models/mistral-sql-Q4_K_M.gguf' },
  });
});

it('says beside the question which adapter is not applied, and why', async () => {
  const app = await openApp({
    methods: {
      'models.answering': async () => ({
        path: '/models/starter.gguf',
        ignored: {
          path: '/models/shop-adapter-f16.gguf',
          reason: 'It was chosen for another model, a.gguf.',
        },
      }),
    },
  });
  const said = 'The adapter shop-adapter-f16 is not applied. It was chosen for another model, a.gguf.';
  const chooser = await screen.findByRole('button', { name: new RegExp(`^Model: .*${said}$`) });
  await app.user.click(chooser);
  expect(await screen.findByText(said)).toBeDefined();
});

it('tells two files of the same title apart', async () => {
  const catalogue = await createFakeModels()['models.catalogue']({});
  const [twin] = catalogue.models.filter(({ embedded }) => !embedded);
  const models = [...catalogue.models, { ...twin!, path: '/models/step-000090.gguf' }];
  const { user } = await openApp({ methods: { 'models.catalogue': async () => ({ ...catalogue, models }) } });
  await user.click(await screen.findByRole('button', { name: /^Model: Studio starter/ }));
  const items = await screen.findAllByRole('menuitemradio', { name: new RegExp(twin!.name) });
  expect(items.map(({ textContent }) => textContent)).toContainEqual(
    expect.stringContaining(', step-000090.gguf'),
  );
  expect(new Set(items.map(({ textContent }) => textContent)).size).toBe(items.length);
});
