import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';

/** Marks the word at an offset (UTF-16 units from the start); undefined takes the mark away. */
export const setErrorMark = StateEffect.define<number | undefined>();

/** The mark follows edits elsewhere in the text. */
export const errorMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setErrorMark)) continue;
      next =
        effect.value === undefined
          ? Decoration.none
          : markWord(transaction.state.doc.toString(), effect.value);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function markWord(text: string, offset: number): DecorationSet {
  if (text === '') return Decoration.none;
  // An error at the end of the text is shown at its last character.
  const from = Math.min(Math.max(offset, 0), text.length - 1);
  const word = /^(?:"[^"]*"?|[\p{L}\p{N}_$.]+|.)/su.exec(text.slice(from));
  const to = from + Math.max(1, word?.[0].length ?? 1);
  return Decoration.set([Decoration.mark({ class: 'cm-error-mark' }).range(from, to)]);
}
