import { EditorView } from '@codemirror/view';
import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { AppError, type LiveProof } from '../../../../core/contract/index.ts';
import type { FakeOptions } from '../../../testing/fake-core.ts';
import { openApp } from '../../../testing/open-app.tsx';

async function openExample(id: string, tab?: string, options: FakeOptions = {}) {
  window.location.hash = '';
  const opened = await openApp(options);
  act(() => {
    window.location.hash = `#/dataset/examples/${encodeURIComponent(id)}`;
  });
  const view = await screen.findByRole('article', { name: `Example ${id}` });
  const chosen = await within(view).findByRole('tab', { name: tab ?? 'Query' });
  await opened.user.click(chosen);
  return { ...opened, view };
}

async function typeCorrection(sql: string): Promise<void> {
  const editor = EditorView.findFromDOM(await screen.findByRole('textbox', { name: 'PostgreSQL SQL' }));
  await act(async () => editor?.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: sql } }));
}

const savedDrafts = (core: Awaited<ReturnType<typeof openApp>>['core']) =>
  core.calls.filter(({ method }) => method === 'dataset.saveOverride').map(({ input }) => input);

describe('both results', () => {
  it('are asked for now, and differ cell by cell', async () => {
    const proof: LiveProof = {
      sqlite: { answer: { columns: ['name', 'age'], rows: [['Joe', 52]], rowCount: 1 }, durationMs: 1 },
      postgres: { answer: { columns: ['name', 'age'], rows: [['Joe', 53]], rowCount: 1 }, durationMs: 2 },
      isEqual: false,
      note: 'As many rows, other values.',
    };
    const { user, view } = await openExample('dev:0', 'Query', {
      methods: { 'dataset.run': async () => proof },
    });
    await user.click(within(view).getByRole('button', { name: 'Run now on both' }));
    await within(view).findByText('As many rows, other values.', { exact: false });
    expect(within(view).getByRole('cell', { name: '52 (differs)' })).toBeDefined();
    expect(within(view).getByRole('cell', { name: '53 (differs)' })).toBeDefined();
    expect(within(view).getAllByRole('cell', { name: 'Joe' })).toHaveLength(2);
  });

  it('say why they were not asked for', async () => {
    const { user, view } = await openExample('dev:0', 'Query', {
      methods: {
        'dataset.run': async () => {
          throw new AppError('DATASET_MISSING', 'pets_1 is not loaded.', { hint: 'Run convert.' });
        },
      },
    });
    await user.click(within(view).getByRole('button', { name: 'Run now on both' }));
    expect(await within(view).findByText('pets_1 is not loaded.')).toBeDefined();
    expect(within(view).getByText('Run convert.')).toBeDefined();
  });
});

it('shows the prompt with its tokens, and says when there is none', async () => {
  const { view } = await openExample('dev:0', 'Prompt');
  expect(within(view).getByText('412 tokens')).toBeDefined();
  expect(within(view).getByText('421 tokens in all', { exact: false })).toBeDefined();
  cleanup();
  const other = await openExample('dev:1', 'Prompt');
  expect(
    within(other.view).getByText('This example is in no split, so there is no prompt for it.'),
  ).toBeDefined();
});

describe('a correction', () => {
  it('needs a change, an author and a reason; only what changed is sent', async () => {
    const { core, user, view } = await openExample('dev:0', 'Correct');
    const save = within(view).getByRole('button', { name: 'Save the correction' });
    await user.click(save);
    expect(within(view).getByText('Change the question or the SQL first.')).toBeDefined();
    await typeCorrection('SELECT count(id) FROM singer');
    await user.click(save);
    expect(within(view).getByText('Say who corrects.')).toBeDefined();
    await user.type(within(view).getByRole('textbox', { name: 'Author' }), 'Ada');
    await user.type(within(view).getByRole('textbox', { name: 'Reason' }), 'Counts ids.');
    await user.click(save);
    await waitFor(() =>
      expect(savedDrafts(core)).toEqual([
        { id: 'dev:0', sql: 'SELECT count(id) FROM singer', by: 'Ada', why: 'Counts ids.' },
      ]),
    );
    await screen.findByText('The correction is kept.');
  });

  it('that is refused stays in the form, with the reason beside it, and outlives a reload', async () => {
    const refuse = async (): Promise<never> => {
      throw new AppError(
        'SQL_EXECUTION',
        'PostgreSQL refuses the corrected SQL: column "nmae" does not exist',
      );
    };
    const options = { methods: { 'dataset.saveOverride': refuse } };
    const { user, view } = await openExample('dev:0', 'Correct', options);
    await typeCorrection('SELECT nmae FROM singer');
    await user.type(within(view).getByRole('textbox', { name: 'Author' }), 'Ada');
    await user.type(within(view).getByRole('textbox', { name: 'Reason' }), 'Names.');
    await user.click(within(view).getByRole('button', { name: 'Save the correction' }));
    expect(await within(view).findByText(/column "nmae" does not exist/)).toBeDefined();
    cleanup();
    const again = await openExample('dev:0', 'Correct', options);
    expect(within(again.view).getByRole('textbox', { name: 'Reason' })).toHaveProperty('value', 'Names.');
    const editor = EditorView.findFromDOM(
      within(again.view).getByRole('textbox', { name: 'PostgreSQL SQL' }),
    );
    expect(editor?.state.doc.toString()).toBe('SELECT nmae FROM singer');
    await again.user.click(within(again.view).getByRole('button', { name: 'Discard what I typed' }));
    await waitFor(() => expect(editor?.state.doc.toString()).toBe('SELECT count(*) FROM singer'));
  });

  it('is tried against the published query before it is kept', async () => {
    const { core, user, view } = await openExample('dev:0', 'Correct');
    await typeCorrection('SELECT 6');
    await user.click(within(view).getByRole('button', { name: /Try against the gold/ }));
    await within(view).findByText('The same rows.');
    expect(core.calls.find(({ method }) => method === 'dataset.run')?.input).toEqual({
      id: 'dev:0',
      sql: 'SELECT 6',
    });
    expect(savedDrafts(core)).toEqual([]);
  });
});
