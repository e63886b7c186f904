import type { SchemaView } from '../sql/sketch/schema-view.ts';
import type { ValueHint } from './find-hints.ts';
import { isCommonWord } from './related-words.ts';
import type { ValueIndex } from './value-index/build-value-index.ts';
import { searchValues } from './value-index/search-values.ts';

/** The stored values that a question's words name, by the view's words for their columns; the surest first. */
export function findValueHints(
  view: SchemaView,
  questionWords: readonly string[],
  index: ValueIndex,
): ValueHint[] {
  return searchValues(index, questionWords, { isWord: isCommonWord, limit: 24 }).flatMap(
    (match): ValueHint[] => {
      const table = view.tables.find(
        ({ table: { name, namespace } }) =>
          name === match.table && (match.namespace === undefined || namespace === match.namespace),
      );
      const column = table?.columns.find((candidate) => candidate.column.name === match.column);
      if (!table || column?.kind !== 'text') return [];
      const { start, end, value, isExact } = match;
      return [{ table: table.word, column: column.word, value, start, length: end - start, isExact }];
    },
  );
}
