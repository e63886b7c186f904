/** Words that any two statements share. */
const commonWords = new Set(
  'select from where as and or not is null in on join left inner group order by having limit asc desc distinct'.split(
    ' ',
  ),
);

/** Lower-cased names, functions, words of texts and numbers, without the words that say nothing. */
function tellingWords(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? [];
  return new Set(words.filter((word) => !commonWords.has(word)));
}

function tellingLines(sql: string): Set<string> {
  const lines = sql.split('\n').map((line) => line.trim().replace(/;$/, ''));
  return new Set(lines.filter((line) => tellingWords(line).size > 0));
}

function countShared(some: Set<string>, others: Set<string>): number {
  return [...some].filter((one) => others.has(one)).length;
}

/**
 * Whether a statement is an edited version of another rather than a new one put in its place: they share a line, or at
 * least half of the telling words of the shorter one.
 */
export function isVersion(sql: string, original: string): boolean {
  if (countShared(tellingLines(sql), tellingLines(original)) > 0) return true;
  const [words, before] = [tellingWords(sql), tellingWords(original)];
  const shared = countShared(words, before);
  return shared > 0 && shared * 2 >= Math.min(words.size, before.size);
}
