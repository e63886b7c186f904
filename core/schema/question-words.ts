/** Words too common to name anything in a schema or to begin or end a value. */
export const stopWords: ReadonlySet<string> = new Set(
  `a an the of in on at for from to by with and or not is are was were be been do does did has have had how many much
  what which who whom whose when where why list show give find me all each every any their there that this those these
  it its as than then over under more less most least per into about between after before since until during
  please tell get return display count number total average sum ? . , ! ; : " '`
    .split(/\s+/)
    .filter(Boolean),
);

const wordPattern = /[\p{L}\p{N}_]+(?:['’.,:@/-][\p{L}\p{N}_]+)*|[^\s\p{L}\p{N}_]/gu;

/** Longest question that a prompt takes, in words; what is beyond is cut. */
const maxWords = 200;

/**
 * A question as the words that a prompt holds: punctuation apart, quotes alike, the first word in lower case
 * unless it is an acronym. The rest keeps its case, because values are copied from it.
 */
export function splitQuestion(question: string): string[] {
  const plain = question
    .normalize('NFC')
    .replaceAll(/[“”«»„]/g, '"')
    .replaceAll(/[‘’]/g, "'");
  const words = (plain.match(wordPattern) ?? [])
    .map((word) => (word === "'" ? '"' : word))
    .slice(0, maxWords);
  const [first] = words;
  if (first !== undefined && /^\p{Lu}(\p{Ll}|$)/u.test(first)) words[0] = first.toLowerCase();
  return words;
}

const irregular = new Map([
  ['people', 'person'],
  ['children', 'child'],
  ['men', 'man'],
  ['women', 'woman'],
  ['countries', 'country'],
]);

/** A word's stem for matching names: lower case, plural and possessive off. Not a linguist's stem. */
export function stemWord(word: string): string {
  const lower = word.toLowerCase().replace(/'s?$/, '');
  const known = irregular.get(lower);
  if (known) return known;
  if (lower.length > 4 && lower.endsWith('ies')) return `${lower.slice(0, -3)}y`;
  if (lower.length > 4 && /(ss|x|ch|sh|z)es$/.test(lower)) return lower.slice(0, -2);
  if (lower.length > 3 && lower.endsWith('s') && !/(ss|us|is)$/.test(lower)) return lower.slice(0, -1);
  return lower;
}

/** The stems in a name: `order_items`, `orderItems` → order, item. */
export function splitName(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .map(stemWord);
}
