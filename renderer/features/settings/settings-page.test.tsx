import { screen, waitFor, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { AppError } from '../../../core/contract/index.ts';
import { openApp } from '../../testing/open-app.tsx';
import { formatLedgerCsv } from './privacy/ledger-csv.ts';
import { fakeNetwork } from '../../testing/fake-settings.ts';

type User = Awaited<ReturnType<typeof openApp>>['user'];

async function openSection(user: User, name: string): Promise<void> {
  await user.click(screen.getByRole('link', { name: 'Settings' }));
  const sections = await screen.findByRole('navigation', { name: 'Settings sections' });
  await user.click(within(sections).getByRole('link', { name }));
  await waitFor(() =>
    expect(within(sections).getByRole('link', { name }).getAttribute('aria-current')).toBe('page'),
  );
}

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
  await openSection(user, 'Embedded server');
  const alert = await screen.findByRole('alert');
  expect(within(alert).getByText('No answer.')).toBeDefined();
  expect(within(alert).getByText('Start the app again.')).toBeDefined();
  fails = false;
  await user.click(within(alert).getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText(/PostgreSQL 18\.4/)).toBeDefined();
  expect(screen.queryByRole('alert')).toBeNull();
});

it('keeps the model in use, and says which one answers', async () => {
  const { core, user } = await openApp();
  await openSection(user, 'Model');
  await user.click(await screen.findByRole('radio', { name: /Mistral 7B SQL/ }));
  expect(await screen.findByText('Mistral 7B SQL answers from now on')).toBeDefined();
  expect(core.calls).toContainEqual(
    expect.objectContaining({
      method: 'loop.use',
      input: { model: { path: '/models/mistral-sql-Q4_K_M.gguf' } },
    }),
  );
});

it('keeps what becomes of training when the app is closed', async () => {
  const { core, user } = await openApp();
  await openSection(user, 'General');
  const goesOn = await screen.findByRole('switch', { name: 'Training goes on when the app is closed' });
  expect(goesOn.getAttribute('aria-checked')).toBe('true');
  await user.click(goesOn);
  expect(core.calls).toContainEqual(
    expect.objectContaining({ method: 'settings.set', input: { trainingOnQuit: 'stop' } }),
  );
});

it('takes limits that fit, and says what does not', async () => {
  const { core, user } = await openApp();
  await openSection(user, 'Limits');
  const seconds = screen.getByRole('textbox', { name: 'Statement timeout' });
  expect(seconds).toHaveProperty('value', '30');
  await user.clear(seconds);
  await user.type(seconds, '5000{Enter}');
  expect(screen.getByRole('alert').textContent).toBe('A whole number from 1 to 3,600.');
  await user.clear(seconds);
  await user.type(seconds, '60{Enter}');
  expect(screen.queryByRole('alert')).toBeNull();
  const candidates = screen.getByRole('textbox', { name: 'Candidates a question' });
  await user.type(candidates, '4');
  await user.tab();
  await waitFor(() =>
    expect(core.calls.filter(({ method }) => method === 'settings.set').at(-1)?.input).toEqual({
      limits: { timeoutMs: 60_000, candidates: 4 },
    }),
  );
});

it('shows in the frame that nothing may leave, until it is switched off', async () => {
  const { user } = await openApp();
  await openSection(user, 'Privacy');
  await user.click(screen.getByRole('switch', { name: 'Offline mode' }));
  expect(await screen.findByRole('link', { name: /Offline mode is on/ })).toBeDefined();
  await user.click(screen.getByRole('switch', { name: 'Offline mode' }));
  await waitFor(() => expect(screen.queryByRole('link', { name: /Offline mode is on/ })).toBeNull());
});

it('lists what left this machine, filters and clears it', async () => {
  const { user } = await openApp();
  await openSection(user, 'Privacy');
  const lines = async () => (await screen.findAllByRole('row')).length - 1;
  expect(await screen.findByText('db.example.com:5432')).toBeDefined();
  expect(await lines()).toBe(2);
  await user.selectOptions(screen.getByRole('combobox', { name: 'Outcome' }), 'refused');
  await waitFor(async () => expect(await lines()).toBe(1));
  await user.selectOptions(screen.getByRole('combobox', { name: 'Outcome' }), '');
  await user.click(screen.getByRole('switch', { name: 'Also on this machine' }));
  await waitFor(async () => expect(await lines()).toBe(3));
  await user.type(screen.getByRole('searchbox', { name: 'Host or reason' }), 'nowhere');
  expect(await screen.findByText('No request fits the filter.')).toBeDefined();
  await user.clear(screen.getByRole('searchbox', { name: 'Host or reason' }));
  await user.click(screen.getByRole('button', { name: 'Clear' }));
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Clear' }));
  expect(await screen.findByText('Nothing has left this machine')).toBeDefined();
});

it('writes the ledger as CSV that runs no formula', () => {
  const [entry] = fakeNetwork;
  if (!entry) throw new Error('no entry');
  const [head, line] = formatLedgerCsv([{ ...entry, initiator: '=cmd("x"), y' }]).split('\r\n');
  expect(head).toBe(
    'startedAt,host,port,local,purpose,method,initiator,outcome,message,sentBytes,receivedBytes,durationMs',
  );
  expect(line).toContain(`"'=cmd(""x""), y"`);
});

it('resets all settings on the second word only', async () => {
  const { core, user } = await openApp({ settings: { theme: 'dark' } });
  await openSection(user, 'General');
  expect(screen.getByRole('radio', { name: 'Dark' })).toHaveProperty('checked', true);
  await user.click(screen.getByRole('button', { name: 'Reset settings' }));
  expect(core.calls.some(({ method }) => method === 'settings.reset')).toBe(false);
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Reset settings' }));
  await waitFor(() =>
    expect(screen.getByRole('radio', { name: 'Like the system' })).toHaveProperty('checked', true),
  );
});

it('asks for updates only where there are some to be had', async () => {
  const check = vi.fn(async () => ({ state: 'current' as const }));
  const { user } = await openApp({
    methods: { 'app.updateStatus': async () => ({ state: 'off' }), 'app.checkForUpdates': check },
  });
  await openSection(user, 'Updates');
  expect(await screen.findByText('Off')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Look now' })).toBeNull();
  await user.click(screen.getByRole('switch', { name: 'Look for newer versions' }));
  await user.click(await screen.findByRole('button', { name: 'Look now' }));
  expect(await screen.findByText('This is the newest version')).toBeDefined();
  expect(check).toHaveBeenCalledOnce();
});

it('sends the limits with questions and statements', async () => {
  const limits = { timeoutMs: 60_000, maxRows: 50, candidates: 4 };
  const { core, user } = await openApp({ settings: { limits } });
  await user.type(screen.getByRole('textbox', { name: 'Question' }), 'How many customers are there?{Enter}');
  await screen.findByRole('grid');
  expect(core.calls.find(({ method }) => method === 'generation.ask')?.input).toMatchObject(limits);
  await user.click(screen.getByRole('button', { name: /^Run/ }));
  await waitFor(() =>
    expect(core.calls.find(({ method }) => method === 'postgres.query')?.input).toMatchObject({
      timeoutMs: 60_000,
      maxRows: 50,
    }),
  );
});
