import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { AppError, type Connection, type CoreClient } from '../../../../core/contract/index.ts';
import { fakeConnections, fakeSchema } from '../../../testing/fake-data.ts';
import { createFakeResults } from '../../../testing/fake-results.ts';
import { type createFakeWrites } from '../../../testing/fake-writes.ts';
import { openApp, typeSql } from '../../../testing/open-app.tsx';

const button = (name: string) => screen.getByRole('button', { name });
const commitName = `Commit 2 changes to “${fakeConnections.at(-1)?.name}”`;
const sql = "UPDATE customers SET country = 'Sweden'";

/** A connection of the user's own, with or without writes, and a statement typed for it. */
async function openOwn(allowWrites: boolean, methods: Partial<CoreClient> = {}) {
  const own: Connection = { ...(fakeConnections.at(-1) as Connection), allowWrites };
  const opened = await openApp({
    settings: { connectionId: own.id },
    methods: {
      ...createFakeResults(),
      'connections.list': async () => [own],
      'schema.introspect': async () => fakeSchema,
      ...methods,
    },
  });
  await typeSql(sql);
  const called = (method: keyof CoreClient) => opened.core.calls.filter((call) => call.method === method);
  return { ...opened, called, own };
}

describe('a write', () => {
  it('is shown with what else happens, and changes nothing before it is committed', async () => {
    const { user, called, own } = await openOwn(true);
    await user.click(button('Preview'));
    const dialog = await screen.findByRole('dialog', { name: 'Preview of a change' });
    expect(await within(dialog).findByText('2 rows of customers would be updated.')).toBeDefined();
    expect(within(dialog).getByText(`Changes “${own.name}”`).parentElement?.textContent).toBe(
      `Changes “${own.name}” (database ${own.database} at ${own.host}:${own.port})`,
    );
    const heads = ['id', 'country'].map(
      (name) => within(dialog).getByRole('columnheader', { name }).className,
    );
    expect(heads.map((classes) => classes.includes('text-end'))).toEqual([true, false]);
    expect(within(dialog).getByText(/Nothing has been changed/)).toBeDefined();
    expect(within(dialog).getByText('Denmark').tagName).toBe('DEL');
    expect(within(dialog).getByText(/The trigger touch_updated_at on customers fires/)).toBeDefined();
    expect(within(dialog).getByText(/audit_id_seq is advanced/)).toBeDefined();
    expect(called('postgres.query')).toEqual([]);
    expect(called('postgres.commitWrite')).toEqual([]);

    await user.click(within(dialog).getByRole('button', { name: commitName }));
    expect(await screen.findByRole('dialog', { name: 'Committed' })).toBe(dialog);
    expect(within(dialog).getByText('2 rows changed.')).toBeDefined();
    expect(within(dialog).getByText(`Changed “${own.name}”`)).toBeDefined();
    expect(called('postgres.commitWrite').map(({ input }) => input)).toEqual([
      { previewId: 'preview-1', statementHash: 'hash-1' },
    ]);
  });

  it('is rolled back and says so where other rows would change, and can be previewed again', async () => {
    const { user, called } = await openOwn(true, {
      'postgres.commitWrite': async () => ({ committed: false, expected: 2, found: 5 }),
    });
    await user.click(button('Preview'));
    await user.click(await screen.findByRole('button', { name: commitName }));
    expect(await screen.findByText(/The preview changed 2 rows; now it would be 5/)).toBeDefined();
    await user.click(button('Preview again'));
    expect(await screen.findByText('2 rows of customers would be updated.')).toBeDefined();
    expect(called('postgres.previewWrite')).toHaveLength(2);
  });

  it('says what the server refused', async () => {
    const { user } = await openOwn(true, {
      'postgres.previewWrite': async () => {
        throw new AppError('SQL_EXECUTION', 'null value violates not-null constraint', {
          hint: 'Give a value.',
        });
      },
    });
    await user.click(button('Preview'));
    expect(await screen.findByText('null value violates not-null constraint')).toBeDefined();
    expect(button('Edit the statement').className).toContain('primary');
    expect(button('Preview again').className).toContain('secondary');
    await user.click(button('Edit the statement'));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'SQL statement' }));
  });

  it('offers the same again first where the statement is not to blame', async () => {
    const { user } = await openOwn(true, {
      'postgres.previewWrite': async () => {
        throw new AppError('SQL_TIMEOUT', 'It took too long.');
      },
    });
    await user.click(button('Preview'));
    expect((await screen.findByRole('button', { name: 'Preview again' })).className).toContain('primary');
    expect(button('Edit the statement').className).toContain('secondary');
  });

  it('is what a connection with writes is marked for, and its other refusals say so', async () => {
    const { user, own } = await openOwn(true, {
      'postgres.query': async () => {
        throw new AppError('SQL_NOT_READ_ONLY', 'DROP is not a read-only query.', { hint: 'One SELECT.' });
      },
    });
    await user.click(button(`Database: ${own.name}, ready, writes allowed`));
    const option = screen.getByRole('option', { name: new RegExp(own.name) });
    expect(within(option).getByText('writes allowed')).toBeDefined();
    await user.keyboard('{Escape}');
    await typeSql('DROP TABLE customers');
    await user.click(button('Run'));
    expect(await screen.findByText(/^One SELECT\. INSERT, UPDATE and DELETE that you type/)).toBeDefined();
  });

  it('stops when the dialog is closed', async () => {
    const stopped = vi.fn();
    const { user } = await openOwn(true, {
      'postgres.previewWrite': (input, options) => {
        options?.signal?.addEventListener('abort', stopped);
        return new Promise(() => undefined) as ReturnType<
          ReturnType<typeof createFakeWrites>['postgres.previewWrite']
        >;
      },
    });
    await user.click(button('Preview'));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(stopped).toHaveBeenCalledOnce());
  });

  it('is refused as ever where writes are off, and the notice leads to the connection', async () => {
    const { user, called } = await openOwn(false);
    await user.click(button('Run'));
    expect(await screen.findByText(/allow writes in its settings/)).toBeDefined();
    await user.click(button('Edit the connection'));
    expect(window.location.hash).toMatch(/^#\/connections\/edit\//);
    expect(called('postgres.previewWrite')).toEqual([]);
  });
});

it('is never offered for a demo database, nor for what a model wrote', async () => {
  const { core, user } = await openApp();
  await typeSql(sql);
  await user.click(button('Run'));
  expect(await screen.findByText('This statement was not sent to the server')).toBeDefined();
  expect(screen.queryByText(/allow writes/)).toBeNull();
  expect(core.calls.filter(({ method }) => method === 'postgres.previewWrite')).toEqual([]);
});

it('is not offered for a model’s statement on a connection that allows writes', async () => {
  const own: Connection = { ...(fakeConnections.at(-1) as Connection), allowWrites: true };
  const { core, user } = await openApp({
    settings: { connectionId: own.id },
    workspace: {
      tabs: [
        {
          id: 'a',
          connectionId: own.id,
          question: 'Move all',
          sql,
          source: { kind: 'model', model: 'starter' },
        },
        { id: 'b', connectionId: own.id, question: 'Move all', sql, source: { kind: 'edited' } },
      ],
      activeId: 'a',
    },
    methods: { 'connections.list': async () => [own], 'schema.introspect': async () => fakeSchema },
  });
  await user.click(button('Run'));
  expect((await screen.findAllByText('This statement was not sent to the server')).length).toBe(1);
  expect(core.calls.filter(({ method }) => method === 'postgres.previewWrite')).toEqual([]);
});
