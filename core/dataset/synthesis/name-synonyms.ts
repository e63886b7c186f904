import { splitQuestion } from '../../schema/question-words.ts';
import { nameWords, singularOf } from './natural-names.ts';

/** Where two word lists differ: what the one has, what the other has in its place. */
function differences(left: readonly string[], right: readonly string[]): [string[], string[]][] {
  const width = right.length + 1;
  const common = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      common[i * width + j] =
        left[i]?.toLowerCase() === right[j]?.toLowerCase()
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
  const found: [string[], string[]][] = [];
  let open: [string[], string[]] = [[], []];
  const close = () => {
    if (open[0].length > 0 && open[1].length > 0) found.push(open);
    open = [[], []];
  };
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i]?.toLowerCase() === right[j]?.toLowerCase()) {
      close();
      i++;
      j++;
    } else if (
      j >= right.length ||
      (i < left.length && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    )
      open[0].push(left[i++] ?? '');
    else open[1].push(right[j++] ?? '');
  }
  close();
  return found;
}

/** A question of one database, and the same in other words. */
export interface Rewording {
  source: string;
  question: string;
  reworded: string;
}

const isPhrase = (words: readonly string[]) =>
  words.length <= 4 && words.every((word) => /^\p{L}[\p{L}'-]+$/u.test(word));

/**
 * What people call a table or column instead, learned from questions and their rewordings with synonyms (Spider-Syn,
 * Gan et al., 2021): phrases that replaced a name, in the singular, on at least `minSources` databases, because `rank` is
 * `job title` among soldiers only.
 */
export function mineSynonyms(
  rewordings: readonly Rewording[],
  names: readonly string[],
  minSources = 2,
): Map<string, string[]> {
  const known = new Set(names.map((name) => singularOf(nameWords(name).join(' '))));
  for (const name of names)
    for (const word of nameWords(name)) if (word.length > 2) known.add(singularOf(word));
  const counts = new Map<string, Map<string, Set<string>>>();
  for (const { source, question, reworded } of rewordings)
    for (const [from, to] of differences(splitQuestion(question), splitQuestion(reworded))) {
      if (!isPhrase(from) || !isPhrase(to)) continue;
      const name = singularOf(from.join(' ').toLowerCase());
      const synonym = singularOf(to.join(' ').toLowerCase());
      if (!known.has(name) || name === synonym) continue;
      const others = counts.get(name) ?? new Map<string, Set<string>>();
      counts.set(name, others.set(synonym, (others.get(synonym) ?? new Set()).add(source)));
    }
  const frequent = [...counts].map(([name, others]): [string, string[]] => [
    name,
    [...others].filter(([, sources]) => sources.size >= minSources).map(([synonym]) => synonym),
  ]);
  return new Map(frequent.filter(([, others]) => others.length > 0));
}
