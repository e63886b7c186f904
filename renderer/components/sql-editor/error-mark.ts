import { StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';

export interface ErrorPlace {
  /** UTF-16 units from the start. */
  offset: number;
  /** Written under the line. */
  message?: string | undefined;
}

/** Marks the word at an offset and says under its line what is wrong; undefined takes both away. */
export const setErrorMark = StateEffect.define<ErrorPlace | undefined>();

/** The mark follows edits elsewhere in the text. */
export const errorMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setErrorMark)) continue;
      next = effect.value === undefined ? Decoration.none : markPlace(transaction.state.doc, effect.value);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

class MessageLine extends WidgetType {
  private readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override eq(other: MessageLine): boolean {
    return other.text === this.text;
  }

  override toDOM(): HTMLElement {
    const line = document.createElement('div');
    line.className = 'cm-error-line';
    line.textContent = this.text;
    return line;
  }
}

function markPlace(doc: Text, { offset, message }: ErrorPlace): DecorationSet {
  const text = doc.toString();
  if (text === '') return Decoration.none;
  // An error at the end of the text is shown at its last character.
  const from = Math.min(Math.max(offset, 0), text.length - 1);
  const word = /^(?:"[^"]*"?|[\p{L}\p{N}_$.]+|.)/su.exec(text.slice(from));
  const to = from + Math.max(1, word?.[0].length ?? 1);
  const mark = Decoration.mark({ class: 'cm-error-mark' }).range(from, to);
  if (!message) return Decoration.set([mark]);
  const widget = Decoration.widget({ widget: new MessageLine(message), block: true, side: 1 });
  return Decoration.set([mark, widget.range(Math.max(to, doc.lineAt(from).to))], true);
}
