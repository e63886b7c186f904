import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../core/contract/index.ts';
import type { FakeOptions } from '../../testing/fake-core.ts';
import { openApp } from '../../testing/open-app.tsx';

async function openForm(options: FakeOptions = {}) {
  const app = await openApp(options);
  await app.user.click(screen.getByRole('link', { name: 'Connections' }));
  await app.user.click(await screen.findByRole('button', { name: 'Add a connection' }));
  const field = (label: string) => screen.getByLabelText(label) as HTMLInputElement;
  const calls = (method: string) => app.core.calls.filter((call) => call.method === method);
  return { ...app, field, calls };
}

const button = (name: string) => screen.getByRole('button', { name });

describe('the connection form', () => {
  it('is filled by a pasted URL', async () => {
    const { user, field } = await openForm();
    await user.click(field('Connection URL'));
    await user.paste('postgres://ada:secret@db.example:5433/shop');
    await waitFor(() => expect(field('Host').value).toBe('db.example'));
    expect([field('Port').value, field('Database name').value, field('User').value]).toEqual([
      '5433',
      'shop',
      'ada',
    ]);
    expect(field('Password').value).toBe('secret');
    expect(field('TLS').value).toBe('require');
  });

  it('says what is wrong with a URL', async () => {
    const { user, field } = await openForm();
    await user.click(field('Connection URL'));
    await user.paste('mysql://nope');
    expect(await screen.findByText(/This is no PostgreSQL URL/)).toBeDefined();
  });

  it('tests and saves nothing while the URL is wrong, and forgets the test before', async () => {
    const { user, field, calls } = await openForm();
    await user.click(field('Connection URL'));
    await user.paste('postgres://a:b@127.0.0.1:1/x');
    await waitFor(() => expect(field('Host').value).toBe('127.0.0.1'));
    await user.click(button('Test the connection'));
    expect(await screen.findByRole('button', { name: 'Save anyway' })).toBeDefined();

    await user.clear(field('Connection URL'));
    await user.paste('jdbc:postgresql://127.0.0.1:1/x');
    expect(await screen.findByText(/This is no PostgreSQL URL/)).toBeDefined();
    expect(screen.queryByText('The connection does not work')).toBeNull();
    expect((button('Test the connection') as HTMLButtonElement).disabled).toBe(true);
    expect((button('Test and save') as HTMLButtonElement).disabled).toBe(true);
    await user.type(field('Name'), '{Enter}');
    expect(calls('connections.test')).toHaveLength(1);
    expect(calls('connections.save')).toEqual([]);

    await user.clear(field('Connection URL'));
    expect((button('Test the connection') as HTMLButtonElement).disabled).toBe(false);
  });

  it('drops the answer to a test of what the form held before', async () => {
    let answer: () => void = () => undefined;
    const { user, field } = await openForm({
      methods: {
        'connections.test': () =>
          new Promise((resolve) => {
            answer = () => resolve({ ok: true, serverVersion: '16.4', encrypted: false, latencyMs: 4 });
          }),
      },
    });
    await user.type(field('Database name'), 'shop');
    await user.type(field('User'), 'ada');
    await user.click(button('Test the connection'));
    await user.type(field('User'), 'x');
    await act(async () => answer());
    expect(screen.queryByText('The connection works')).toBeNull();
    expect(button('Test and save')).toBeDefined();
  });

  it('names the fields that are missing and tests nothing', async () => {
    const { user, field, calls } = await openForm();
    await user.clear(field('Port'));
    await user.click(button('Test the connection'));
    expect(screen.getByText('Database name is needed.')).toBeDefined();
    expect(screen.getByText('User is needed.')).toBeDefined();
    expect(screen.getByText('A port is a number from 1 to 65535.')).toBeDefined();
    expect(calls('connections.test')).toEqual([]);
  });

  it('tests before it saves', async () => {
    const { user, field, calls } = await openForm();
    await user.type(field('Database name'), 'shop');
    await user.type(field('User'), 'ada');
    await user.click(button('Test and save'));
    expect(await screen.findByRole('region', { name: 'Your connections' })).toBeDefined();
    expect(calls('connections.test')).toHaveLength(1);
    expect(calls('connections.save')[0]?.input).toEqual({
      name: 'shop on localhost',
      host: 'localhost',
      port: 5432,
      database: 'shop',
      user: 'ada',
      password: '',
      sslMode: 'prefer',
      allowWrites: false,
    });
    expect(await screen.findByText('shop on localhost')).toBeDefined();
  });

  it('shows a test that worked', async () => {
    const { user, field } = await openForm();
    await user.type(field('Database name'), 'shop');
    await user.type(field('User'), 'ada');
    await user.click(button('Test the connection'));
    expect(await screen.findByText('PostgreSQL 16.4, not encrypted, answered in 4 ms.')).toBeDefined();
  });

  it('does not save what failed its test, unless told to', async () => {
    const { user, field, calls } = await openForm();
    await user.clear(field('Host'));
    await user.type(field('Host'), 'gone.example');
    await user.type(field('Database name'), 'shop');
    await user.type(field('User'), 'ada');
    await user.click(button('Test and save'));
    expect(await screen.findByText('No PostgreSQL server at gone.example:5432.')).toBeDefined();
    expect(calls('connections.save')).toEqual([]);
    await user.click(button('Save anyway'));
    await waitFor(() => expect(calls('connections.save')).toHaveLength(1));
  });

  it('shows why saving failed', async () => {
    const { user, field } = await openForm({
      methods: {
        'connections.save': async () => {
          throw new AppError('DISK_FULL', 'The disk is full.', { hint: 'Free some space.' });
        },
      },
    });
    await user.type(field('Database name'), 'shop');
    await user.type(field('User'), 'ada');
    await user.click(button('Test and save'));
    expect(await screen.findByText('The disk is full.')).toBeDefined();
  });

  it('asks for a CA file only where the certificate is checked, and says where passwords go', async () => {
    const { user, field } = await openForm();
    expect(screen.queryByLabelText('CA certificate (PEM file)')).toBeNull();
    await user.selectOptions(field('TLS'), 'verify-full');
    expect(screen.getByLabelText('CA certificate (PEM file)')).toBeDefined();
    expect(await screen.findByText('Passwords are kept in a file that only you can read.')).toBeDefined();
  });
});

describe('kept connections', () => {
  it('keeps the stored password when it is left empty', async () => {
    const { core, user } = await openApp();
    await user.click(screen.getByRole('link', { name: 'Connections' }));
    await user.click(await screen.findByRole('button', { name: 'Edit Reporting replica' }));
    await user.click(button('Test the connection'));
    await screen.findByText(/No PostgreSQL server/);
    const input = core.calls.find((call) => call.method === 'connections.test')?.input;
    expect(input).not.toHaveProperty('password');
    await user.click(screen.getByRole('checkbox', { name: 'Delete the kept password' }));
    await user.click(button('Test the connection'));
    await waitFor(() => {
      const last = core.calls.filter((call) => call.method === 'connections.test').at(-1);
      expect(last?.input).toHaveProperty('password', '');
    });
  });

  it('asks before it removes one', async () => {
    const { core, user } = await openApp();
    await user.click(screen.getByRole('link', { name: 'Connections' }));
    await user.click(await screen.findByRole('button', { name: 'Remove Reporting replica' }));
    expect(core.calls.some((call) => call.method === 'connections.remove')).toBe(false);
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(screen.queryByText('Reporting replica')).toBeNull());
    expect(await screen.findByText('No connections of your own yet')).toBeDefined();
  });
});
