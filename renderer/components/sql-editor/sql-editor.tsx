import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { sql, type SQLNamespace } from '@codemirror/lang-sql';
import { bracketMatching } from '@codemirror/language';
import { Compartment, EditorState, Prec, Transaction } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type Ref } from 'react';
import { flushSync } from 'react-dom';
import { postgres } from './dialect.ts';
import { errorMark, setErrorMark } from './error-mark.ts';
import { editorLook } from './theme.ts';

export interface SqlEditorHandle {
  /** Puts text in place of the selection and focuses the editor. */
  insert(text: string): void;
  focus(): void;
}

interface SqlEditorProps {
  value: string;
  onChange(value: string): void;
  /** Ctrl+Enter or Cmd+Enter. */
  onRun(): void;
  readOnly: boolean;
  label: string;
  placeholderText: string;
  /** Completes names out of it. */
  namespace?: SQLNamespace | undefined;
  defaultNamespace?: string | undefined;
  /** Offset of the word to mark as wrong. */
  errorOffset?: number | undefined;
  /** Written under its line. */
  errorMessage?: string | undefined;
  ref?: Ref<SqlEditorHandle>;
}

const language = new Compartment();
const editable = new Compartment();

/** CodeMirror 6 with the PostgreSQL dialect. Tab leaves it, so that the keyboard is never caught inside. */
export function SqlEditor(props: SqlEditorProps) {
  const hostRef = useRef<HTMLDivElement>(null);
  const viewRef = useRef<EditorView>(undefined);
  const propsRef = useRef(props);
  // Before the screen shows them: a key that answers to what is shown finds it here.
  useLayoutEffect(() => {
    propsRef.current = props;
  });

  useLayoutEffect(() => {
    const host = hostRef.current;
    if (!host) return;
    const view = new EditorView({ parent: host, state: createState(propsRef) });
    viewRef.current = view;
    return () => view.destroy();
  }, []);

  const { ref, value, readOnly, namespace, defaultNamespace, errorOffset, errorMessage } = props;
  useLayoutEffect(() => {
    const view = viewRef.current;
    if (view && view.state.doc.toString() !== value) replaceText(view, value);
  }, [value]);
  useEffect(() => {
    viewRef.current?.dispatch({ effects: editable.reconfigure(EditorState.readOnly.of(readOnly)) });
  }, [readOnly]);
  useEffect(() => {
    viewRef.current?.dispatch({
      effects: language.reconfigure(createLanguage(namespace, defaultNamespace)),
    });
  }, [namespace, defaultNamespace]);
  useEffect(() => {
    const place = errorOffset === undefined ? undefined : { offset: errorOffset, message: errorMessage };
    viewRef.current?.dispatch({ effects: setErrorMark.of(place) });
  }, [errorOffset, errorMessage, value]);

  useImperativeHandle(ref, () => ({
    insert(text) {
      const view = viewRef.current;
      if (!view || view.state.readOnly) return;
      view.dispatch(view.state.replaceSelection(spaceBefore(view.state) + text), { scrollIntoView: true });
      view.focus();
    },
    focus: () => viewRef.current?.focus(),
  }));
  return <div className="sql-editor" ref={hostRef} />;
}

function createState(propsRef: { current: SqlEditorProps }): EditorState {
  const { value, label, placeholderText, readOnly, namespace, defaultNamespace } = propsRef.current;
  const run = (view: EditorView) => {
    closeCompletion(view);
    const text = view.state.doc.toString();
    // The key can come before what was typed is drawn: what runs is what stands in the editor.
    if (text !== withUnixLines(propsRef.current.value)) flushSync(() => propsRef.current.onChange(text));
    propsRef.current.onRun();
    return true;
  };
  return EditorState.create({
    doc: value,
    extensions: [
      lineNumbers(),
      history(),
      drawSelection(),
      highlightActiveLine(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ icons: false }),
      errorMark,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label }),
      placeholder(placeholderText),
      language.of(createLanguage(namespace, defaultNamespace)),
      editable.of(EditorState.readOnly.of(readOnly)),
      Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.updateListener.of((update) => {
        const typed = update.transactions.some(
          (one) => one.docChanged && one.annotation(fromOutside) !== true,
        );
        if (typed) propsRef.current.onChange(update.state.doc.toString());
      }),
      editorLook,
    ],
  });
}

/** As the editor keeps it. */
function withUnixLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** A name put behind a word needs a space between. */
function spaceBefore({ doc, selection }: EditorState): string {
  const before = doc.sliceString(selection.main.from - 1, selection.main.from);
  return /[^\s(.]/.test(before) ? ' ' : '';
}

/** Marks changes that came in through props, which must not come back as edits. */
const fromOutside = Transaction.remote;

/** Replaces only what differs, so that streaming does not redraw or scroll the lines that stay. */
function replaceText(view: EditorView, next: string): void {
  const before = view.state.doc.toString();
  let from = 0;
  while (from < before.length && from < next.length && before[from] === next[from]) from += 1;
  view.dispatch({
    changes: { from, to: before.length, insert: next.slice(from) },
    annotations: fromOutside.of(true),
  });
}

function createLanguage(schema: SQLNamespace | undefined, defaultSchema: string | undefined) {
  return sql({
    dialect: postgres,
    upperCaseKeywords: true,
    ...(schema === undefined ? {} : { schema }),
    ...(defaultSchema === undefined ? {} : { defaultSchema }),
  });
}
