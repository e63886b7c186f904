/**
 * Pointers: the words by which prompts and sketches call what one question's database and text hold. `Ta` is a table, `Ca` a
 * column, `Va` a value, `Na` a number, `Da` a date. Each is one token and means nothing by itself, so a small model learns
 * where to point instead of how names are spelt. The idea is that of pointer networks (Vinyals et al., 2015); that names
 * should be left to the linking is IRNet's (Guo et al., 2019).
 */
import type { JoinEdge, SchemaView, TableView } from './schema-view.ts';

export const pointerKinds = { table: 'T', column: 'C', value: 'V', number: 'N', date: 'D' } as const;
export type PointerKind = keyof typeof pointerKinds;

/** Most of each that one prompt holds. */
export const pointerLimits = { table: 40, column: 160, value: 10, number: 8, date: 8 } as const;

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** `Ca` … `Cz`, `Cba` … : the number in base 26, its digits as letters. No tokenizer splits it at a digit. */
export function pointerWord(kind: PointerKind, index: number): string {
  const high = Math.floor(index / letters.length);
  return `${pointerKinds[kind]}${high > 0 ? letters[high] : ''}${letters[index % letters.length]}`;
}

/** Prompts are written in small letters, names too, so that nothing else looks like this. */
export const isPointer = (word: string) => /^[TCVND][a-z]{1,2}$/.test(word);
export const isLiteralPointer = (word: string) => /^[VND][a-z]{1,2}$/.test(word);

/** Every pointer that there is: a tokenizer must give each one token. */
export function listPointers(): string[] {
  return (Object.keys(pointerKinds) as PointerKind[]).flatMap((kind) =>
    Array.from({ length: pointerLimits[kind] }, (_, index) => pointerWord(kind, index)),
  );
}

/**
 * The view with pointers as its words, numbered in the order given. Tables that are not given, and columns beyond the limit,
 * are not in it: a caller chooses first.
 */
export function pointSchema(view: SchemaView, tables: readonly TableView[]): SchemaView {
  let columnCount = 0;
  const words = new Map<string, string>();
  const pointed = tables.slice(0, pointerLimits.table).map((table, index): TableView => {
    const columns = table.columns
      .slice(0, Math.max(0, pointerLimits.column - columnCount))
      .map((column) => ({ ...column, word: pointerWord('column', columnCount++) }));
    const word = pointerWord('table', index);
    words.set(table.word, word);
    return { ...table, word, columns, columnByWord: new Map(columns.map((column) => [column.word, column])) };
  });
  const edges = view.edges.flatMap((edge): JoinEdge[] => {
    const from = words.get(edge.from);
    const to = words.get(edge.to);
    return from === undefined || to === undefined ? [] : [{ ...edge, from, to }];
  });
  return {
    tables: pointed,
    tableByWord: new Map(pointed.map((table) => [table.word, table])),
    edges,
    searchPath: view.searchPath,
    uniqueColumns: true,
  };
}
