import { splitName } from '../question-words.ts';

/** What people add to a table's name when they keep another form of it: as it was, as it comes in, or beside. */
const copyWord =
  /^(?:arc|arch|archive|archived|hist|history|tmp|temp|bak|bkp|backup|bk|old|copy|stg|stage|staging|stag|aud|audit|log|prev|previous|test|snap|snapshot|sav|saved|orig|del|deleted|ver|version|v|dup|shadow|raw|load|import)?(?:\d+)?$/;

/**
 * Tables whose names are those of others but for a word such as `hist`, `bak19` or `stg` at an end → that word,
 * digits left out, by the tables' indexes. A question means the table itself unless it says otherwise.
 */
export function findCopies(names: readonly string[]): Map<number, string> {
  const split = names.map(splitName);
  const known = new Set(split.map((words) => words.join('_')));
  const copies = new Map<number, string>();
  split.forEach((words, id) => {
    const [first = '', last = ''] = [words[0], words.at(-1)];
    if (words.length < 2) return;
    if (copyWord.test(last) && known.has(words.slice(0, -1).join('_'))) copies.set(id, last);
    else if (copyWord.test(first) && known.has(words.slice(1).join('_'))) copies.set(id, first);
  });
  return new Map([...copies].map(([id, word]) => [id, word.replace(/\d+$/, '')]));
}
