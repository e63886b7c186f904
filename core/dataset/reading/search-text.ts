/** Letters and digits make words; an underscore parts them, so that `name` begins a word of `song_name`. */
const wordCharacter = /[\p{L}\p{N}]/u;

/**
 * One spelling for texts and searches: lower case, composed letters, straight quotes, one space between words and
 * none beside punctuation, because Spider writes `count ( * )`, `a  >  b` and `count(*)` alike.
 */
export function normalizeText(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([^\p{L}\p{N}_ ]) ?/gu, '$1')
    .trim();
}

/** The fields of one example as one text; no match reaches from one into the next. */
export function joinFields(fields: readonly string[]): string {
  return fields.map(normalizeText).join('\n');
}

/** A test for what `joinFields` made: every word, and every phrase in quotes, must begin a word of it. */
export function createTextFilter(search: string): (text: string) => boolean {
  const terms = listTerms(search);
  return (text) => terms.every((term) => contains(text, term));
}

function listTerms(search: string): string[] {
  const straight = search.replaceAll(/[“”]/g, '"');
  const found = [...straight.matchAll(/"([^"]*)(?:"|$)|\S+/g)].map((match) => match[1] ?? match[0]);
  return found.map(normalizeText).filter((term) => term !== '');
}

function contains(text: string, term: string): boolean {
  const startsWord = isWordCharacter(term, 0);
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    if (!startsWord || at === 0 || !isWordCharacter(text, at - 1)) return true;
  }
  return false;
}

/** Nearly all are ASCII, in lower case, and need no pattern. */
function isWordCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
  return wordCharacter.test(text.charAt(at));
}
