import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AppError, type AskEvent } from '../../../core/contract/index.ts';
import { askEvents, createAnswer } from '../../testing/fake-core.ts';
import { fakeSchema } from '../../testing/fake-data.ts';
import { openApp, shownSql, typeSql } from '../../testing/open-app.tsx';

const question = () => screen.getByRole('textbox', { name: 'Question' });
const button = (name: string | RegExp) => screen.getByRole('button', { name });

/** A stream that gives its events one by one, when the test says so, and records that it was left. */
function createPacedAsk() {
  let release: () => void = () => undefined;
  const state = { cancelled: false };
  const waitForTest = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      release = resolve;
      signal?.addEventListener('abort', () => {
        state.cancelled = true;
        reject(new AppError('CANCELLED', 'The request was cancelled.'));
      });
    });
  async function* ask(
    { question: asked }: { question: string },
    options?: { signal?: AbortSignal },
  ): AsyncGenerator<AskEvent> {
    for (const event of askEvents()) {
      yield event;
      if (event.kind === 'sql') await waitForTest(options?.signal);
    }
    yield { kind: 'answer', answer: createAnswer(asked, 'succeeded') };
  }
  return { ask, state, next: () => release() };
}

describe('asking', () => {
  it('sends the question with Enter and shows the statement and its rows', async () => {
    const { core, user } = await openApp();
    await user.type(question(), 'How many customers are there?{Enter}');

    const cell = await screen.findByRole('gridcell', { name: '1200' });
    expect(cell).toBeDefined();
    expect(shownSql()).toBe('SELECT count(*)\nFROM customers;');
    expect(screen.getByText('Written by starter')).toBeDefined();
    expect(core.calls.find((call) => call.method === 'generation.ask')?.input).toEqual({
      connectionId: 'demo:ecommerce',
      question: 'How many customers are there?',
      execute: true,
    });
  });

  it('starts a new line with Shift+Enter and asks nothing', async () => {
    const { core, user } = await openApp();
    await user.type(question(), 'one{Shift>}{Enter}{/Shift}two');
    expect((question() as HTMLTextAreaElement).value).toBe('one\ntwo');
    expect(core.calls.some((call) => call.method === 'generation.ask')).toBe(false);
  });

  it('asks a sample question by a click', async () => {
    const { user } = await openApp();
    await user.click(await screen.findByRole('button', { name: 'Which products were never ordered?' }));
    await screen.findByRole('grid');
    expect((question() as HTMLTextAreaElement).value).toBe('Which products were never ordered?');
  });

  it('streams the statement into the editor, which is closed for typing meanwhile', async () => {
    const paced = createPacedAsk();
    const { user } = await openApp({ methods: { 'generation.ask': paced.ask } });
    await user.type(question(), 'How many?{Enter}');
    await waitFor(() => expect(shownSql()).toBe('SELECT'));
    expect(screen.getByText('Being written…')).toBeDefined();
    paced.next();
    await waitFor(() => expect(shownSql()).toBe('SELECT count(*)'));
    expect(within(screen.getByRole('region', { name: 'Progress' })).getByText('Writing SQL')).toBeDefined();
    paced.next();
    await waitFor(() => expect(shownSql()).toBe('SELECT count(*)\nFROM customers;'));
    paced.next();
    await screen.findByRole('grid');
    expect(screen.queryByRole('region', { name: 'Progress' })).toBeNull();
  });

  it('only proposes when it is not to run automatically', async () => {
    const { core, user } = await openApp();
    await user.click(screen.getByRole('switch', { name: 'Run automatically' }));
    await user.type(question(), 'How many?{Enter}');
    await screen.findByText('Not run yet');
    expect(core.calls.find((call) => call.method === 'generation.ask')?.input).toMatchObject({
      execute: false,
    });
    const panel = screen.getByRole('region', { name: 'Result' });
    await user.click(within(panel).getByRole('button', { name: /Run/ }));
    await screen.findByRole('gridcell', { name: '1200' });
    expect(core.calls.find((call) => call.method === 'postgres.query')?.input).toMatchObject({
      sql: 'SELECT count(*)\nFROM customers;',
      historyId: 'history-1',
    });
  });

  it('shows what the model was given', async () => {
    const { user } = await openApp();
    await user.type(question(), 'How many?{Enter}');
    await screen.findByRole('grid');
    await user.click(button('What the model was given'));
    const drawer = screen.getByRole('dialog', { name: 'What the model was given' });
    expect(within(drawer).getByText(/customers : id bigint/)).toBeDefined();
    expect(within(drawer).getByText('148 tokens')).toBeDefined();
    expect(within(drawer).getByText('340 ms')).toBeDefined();
  });
});

describe('a reload', () => {
  it('brings back what was typed, with where the statement came from', async () => {
    const { user } = await openApp();
    await user.type(question(), 'half a question');
    await typeSql('SELECT 1');
    cleanup();
    await openApp();
    await waitFor(() => expect(shownSql()).toBe('SELECT 1'));
    expect((question() as HTMLTextAreaElement).value).toBe('half a question');
    expect(screen.getByText('Typed by hand')).toBeDefined();
  });

  it('shrugs at a kept text that it cannot read', async () => {
    sessionStorage.setItem('sqlcodegen.workspace', '{"tabs": 1}');
    await openApp();
    expect((question() as HTMLTextAreaElement).value).toBe('');
    expect(shownSql()).toBe('');
  });
});

describe('cancelling', () => {
  it('stops with the button, aborts the call and keeps what was written', async () => {
    const paced = createPacedAsk();
    const { user } = await openApp({ methods: { 'generation.ask': paced.ask } });
    await user.type(question(), 'How many?{Enter}');
    await waitFor(() => expect(shownSql()).toBe('SELECT'));
    await user.click(button('Cancel'));
    expect(await screen.findByText(/^Cancelled after/)).toBeDefined();
    expect(paced.state.cancelled).toBe(true);
    expect(shownSql()).toBe('SELECT');
    expect((question() as HTMLTextAreaElement).value).toBe('How many?');
  });

  it('reads the history again once the core has written the cancelled question down', async () => {
    const paced = createPacedAsk();
    let written = false;
    let end: () => void = () => undefined;
    const entry = {
      id: '1',
      connectionId: 'demo:ecommerce',
      createdAt: '2026-01-01T00:00:00Z',
      timingsMs: {},
    };
    const { user } = await openApp({
      methods: {
        'generation.ask': (input, options) => {
          end = () => options?.onEnded?.();
          return paced.ask(input, options);
        },
        'history.list': async () =>
          written ? [{ ...entry, question: 'How many?', sql: 'SELECT', outcome: 'cancelled' }] : [],
      },
    });
    await user.click(screen.getByRole('tab', { name: 'History' }));
    await user.type(question(), 'How many?{Enter}');
    await waitFor(() => expect(shownSql()).toBe('SELECT'));
    await user.click(button('Cancel'));
    expect(await screen.findByText(/^Cancelled after/)).toBeDefined();
    expect(screen.getByText('No history yet')).toBeDefined();
    written = true;
    act(() => end());
    expect(await screen.findByRole('button', { name: /^Restore: How many\?/ })).toBeDefined();
  });

  it('stops with Escape', async () => {
    const paced = createPacedAsk();
    const { user } = await openApp({ methods: { 'generation.ask': paced.ask } });
    await user.type(question(), 'How many?{Enter}');
    await waitFor(() => expect(shownSql()).toBe('SELECT'));
    await user.keyboard('{Escape}');
    await screen.findByText(/^Cancelled after/);
    expect(paced.state.cancelled).toBe(true);
  });
});

describe('failures', () => {
  it('says that a refused statement never reached the server', async () => {
    const { user } = await openApp();
    await typeSql('DELETE FROM customers');
    await user.click(button('Run'));
    const alert = await screen.findByRole('alert');
    expect(within(alert).getByText('This statement was not sent to the server')).toBeDefined();
    expect(within(alert).getByText(/DELETE changes data/)).toBeDefined();
    expect(within(alert).queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('shows a refusal that came with an answer', async () => {
    const refused = createAnswer('Drop it', 'refused', { message: 'This is no SELECT.' });
    const { user } = await openApp({
      methods: {
        async *'generation.ask'() {
          yield { kind: 'answer', answer: refused };
        },
      },
    });
    await user.type(question(), 'Drop it{Enter}');
    expect(await screen.findByText('This statement was not sent to the server')).toBeDefined();
    expect(screen.getByText('This is no SELECT.')).toBeDefined();
  });

  it('marks the place of an error in the editor until the statement changes', async () => {
    const { user } = await openApp();
    await typeSql('SELECT nonsense FROM customers');
    await user.click(button('Run'));
    // Beside its line, and with its hint below.
    const message = 'column "nonsense" does not exist';
    await waitFor(() => expect(screen.getAllByText(message)).toHaveLength(2));
    expect(document.querySelector('.cm-error-mark')?.textContent).toBe('nonsense');
    await typeSql('SELECT name FROM customers');
    expect(document.querySelector('.cm-error-mark')).toBeNull();
  });

  it('offers to try again what may work the second time', async () => {
    let attempts = 0;
    const { user } = await openApp({
      methods: {
        'postgres.query': async () => {
          attempts += 1;
          throw new AppError('SQL_TIMEOUT', 'The statement ran for 30 s.', { hint: 'Narrow it down.' });
        },
      },
    });
    await typeSql('SELECT 1');
    await user.click(button('Run'));
    await user.click(await screen.findByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(attempts).toBe(2));
    expect(await screen.findByText('Narrow it down.')).toBeDefined();
  });

  it('says that a database cannot be opened, and leads to its connection', async () => {
    const { user } = await openApp();
    await user.click(button(/^Database:/));
    await user.click(screen.getByRole('option', { name: /Reporting replica/ }));
    expect(await screen.findByText('This database cannot be opened')).toBeDefined();
    expect(screen.getByText('No PostgreSQL server at reports.internal.example:5432.')).toBeDefined();
    await user.click(button('Edit the connection'));
    expect(await screen.findByRole('region', { name: 'Edit Reporting replica' })).toBeDefined();
  });

  it('says that a database was lost, which is not the core', async () => {
    let lost = true;
    const { core } = await openApp({
      methods: {
        'schema.introspect': async () => {
          if (lost) throw new AppError('DISCONNECTED', 'The server closed the connection.');
          return fakeSchema;
        },
      },
    });
    expect(await screen.findByText('The server closed the connection.')).toBeDefined();
    act(() => core.setLink({ kind: 'reconnecting', attempt: 1 }));
    expect(screen.queryByText('The server closed the connection.')).toBeNull();
    lost = false;
    act(() => core.setLink({ kind: 'connected' }));
    expect(await screen.findByRole('treeitem', { name: /^customers/ })).toBeDefined();
    expect(screen.queryByText('The server closed the connection.')).toBeNull();
  });

  it('keeps what was typed while the core is away', async () => {
    const { core, user } = await openApp();
    await user.type(question(), 'half a quest');
    core.setLink({ kind: 'reconnecting', attempt: 1 });
    expect(await screen.findByText('Disconnected, reconnecting…')).toBeDefined();
    await user.type(question(), 'ion{Enter}');
    expect((button('Ask') as HTMLButtonElement).disabled).toBe(true);
    expect(button(/^Database: .*the app is not running/)).toBeDefined();
    expect(core.calls.some((call) => call.method === 'generation.ask')).toBe(false);
    core.setLink({ kind: 'connected' });
    await waitFor(() => expect(screen.queryByText('Disconnected, reconnecting…')).toBeNull());
    expect((question() as HTMLTextAreaElement).value).toBe('half a question');
  });

  it('says that the app was started anew, which no waiting helps', async () => {
    const { core } = await openApp();
    act(() => core.setLink({ kind: 'refused' }));
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toBe('The app was started anew: open the address that it printed.');
    expect((button('Ask') as HTMLButtonElement).disabled).toBe(true);
  });

  it('offers to reset an embedded server that does not start', async () => {
    let fails = true;
    const { core, user } = await openApp({
      methods: {
        async *'demo.prepare'() {
          if (fails) throw new AppError('INTERNAL', 'The folder of the server is damaged.');
          yield { stage: 'ready' as const, done: 5, total: 5 };
        },
      },
    });
    await screen.findByText('The folder of the server is damaged.');
    fails = false;
    await user.click(button('Reset the embedded server'));
    const dialog = screen.getByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Reset the embedded server' }));
    await waitFor(() => expect(screen.queryByText('The folder of the server is damaged.')).toBeNull());
    expect(core.calls.some((call) => call.method === 'postgres.resetServer')).toBe(true);
  });
});

describe('results', () => {
  it('gives nothing away of old rows while new ones are on their way', async () => {
    const { core, user } = await openApp({ delayMs: 0 });
    await typeSql('SELECT count(*) FROM orders');
    await user.click(button('Run'));
    const grid = await screen.findByRole('grid');
    expect(grid.getAttribute('aria-busy')).toBe('false');
    const exportable = () => !(button('Export all rows') as HTMLButtonElement).disabled;
    expect(exportable()).toBe(true);
    await navigator.clipboard.writeText('before');

    let end: () => void = () => undefined;
    core.client['postgres.query'] = (_input, options) =>
      new Promise((_resolve, reject) => {
        end = () => reject(new AppError('CANCELLED', 'The request was cancelled.'));
        options?.signal?.addEventListener('abort', () => end());
      });
    await user.click(button('Run'));
    expect(grid.getAttribute('aria-busy')).toBe('true');
    expect(exportable()).toBe(false);
    expect((button('Copy') as HTMLButtonElement).disabled).toBe(true);
    grid.focus();
    await user.keyboard('{Control>}c{/Control}');
    expect(await navigator.clipboard.readText()).toBe('before');
    await user.click(button('Cancel'));
  });

  it('says that nothing matched', async () => {
    const { user } = await openApp();
    await typeSql('SELECT 1 WHERE false');
    await user.click(button('Run'));
    expect(await screen.findByText('No rows')).toBeDefined();
  });

  it('runs the editor with Ctrl+Enter', async () => {
    const { user } = await openApp();
    await typeSql('SELECT count(*) FROM orders');
    await user.click(screen.getByRole('textbox', { name: 'SQL statement' }));
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByRole('gridcell', { name: '1200' })).toBeDefined();
  });

  it('copies all rows as CSV', async () => {
    const { user } = await openApp();
    await typeSql('SELECT count(*) FROM orders');
    await user.click(button('Run'));
    await user.click(await screen.findByRole('button', { name: 'Copy' }));
    await user.click(screen.getByRole('menuitem', { name: 'As CSV' }));
    expect(await navigator.clipboard.readText()).toBe('count\r\n1200\r\n');
    expect(await screen.findByText('1 row copied.')).toBeDefined();
  });
});

describe('history', () => {
  it('keeps questions, brings them back and deletes them', async () => {
    const { core, user } = await openApp();
    await user.click(screen.getByRole('tab', { name: 'History' }));
    expect(await screen.findByText('No history yet')).toBeDefined();
    await user.type(question(), 'How many customers are there?{Enter}');
    const entry = await screen.findByRole('button', { name: /^Restore: How many customers are there\?/ });

    await typeSql('SELECT 1');
    await user.clear(question());
    await user.click(entry);
    expect(shownSql()).toBe('SELECT count(*)\nFROM customers;');
    expect((question() as HTMLTextAreaElement).value).toBe('How many customers are there?');

    await user.click(button('Delete from the history: How many customers are there?'));
    expect(await screen.findByText('No history yet')).toBeDefined();
    expect(core.history).toEqual([]);
  });

  it('takes a statement written from nothing for no version of the answer before', async () => {
    const { core, user } = await openApp();
    const inputs = () =>
      core.calls.filter(({ method }) => method === 'postgres.query').map(({ input }) => input);
    await user.type(question(), 'How many?{Enter}');
    await screen.findByRole('grid');
    await typeSql('SELECT count(*) FROM orders');
    await user.click(button('Run'));
    await waitFor(() => expect(inputs()).toHaveLength(1));
    expect(inputs()[0]).toMatchObject({ historyId: 'history-1' });
    await screen.findByRole('grid');
    await typeSql('');
    await typeSql('SELECT 1 WHERE false');
    expect(screen.getByText('Typed by hand')).toBeDefined();
    await user.click(button('Run'));
    await waitFor(() => expect(inputs()).toHaveLength(2));
    expect(inputs()[1]).not.toHaveProperty('historyId');
  });

  it('takes a statement put in the place of the answer for no version of it', async () => {
    const { core, user } = await openApp();
    await user.type(question(), 'How many?{Enter}');
    await screen.findByRole('grid');
    await typeSql('SELECT name\nFROM products');
    expect(screen.getByText('Typed by hand')).toBeDefined();
    await user.click(button('Run'));
    const inputs = () => core.calls.filter(({ method }) => method === 'postgres.query');
    await waitFor(() => expect(inputs()).toHaveLength(1));
    expect(inputs()[0]?.input).not.toHaveProperty('historyId');
    await typeSql('SELECT count(*)\nFROM customers\nWHERE true');
    expect(screen.getByText('Edited')).toBeDefined();
  });

  it('asks before it clears everything', async () => {
    const { core, user } = await openApp();
    await user.click(screen.getByRole('tab', { name: 'History' }));
    await user.type(question(), 'How many?{Enter}');
    await user.click(await screen.findByRole('button', { name: 'Clear history' }));
    expect(core.history).toHaveLength(1);
    const dialog = screen.getByRole('dialog', { name: 'Clear the whole history?' });
    await user.click(within(dialog).getByRole('button', { name: 'Clear history' }));
    expect(await screen.findByText('No history yet')).toBeDefined();
    expect(core.history).toEqual([]);
  });
});
