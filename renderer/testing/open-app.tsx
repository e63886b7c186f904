import { EditorView } from '@codemirror/view';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { App } from '../app/app.tsx';
import { createFakeCore, type FakeOptions } from './fake-core.ts';

/** Draws the whole window on a fake core and waits until it is ready to be asked. */
export async function openApp(options: FakeOptions = {}) {
  // The tour would stand over what is tested.
  const core = createFakeCore({ ...options, settings: { tourDone: true, ...options.settings } });
  const user = userEvent.setup();
  render(<App link={core} />);
  await screen.findByRole('textbox', { name: 'Question' });
  // The editor is made by an effect, after the first drawing.
  await screen.findByRole('textbox', { name: 'SQL statement' });
  return { core, user };
}

/** CodeMirror takes no keys from user-event; this types through its own interface. */
export async function typeSql(sql: string): Promise<void> {
  const view = editorView();
  await act(async () => {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: sql } });
  });
}

export function shownSql(): string {
  return editorView().state.doc.toString();
}

function editorView(): EditorView {
  const view = EditorView.findFromDOM(screen.getByRole('textbox', { name: 'SQL statement' }));
  if (!view) throw new Error('There is no editor on the page.');
  return view;
}
