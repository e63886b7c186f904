const smallNumbers =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );
const times = new Map([
  ['twice', 2],
  ['thrice', 3],
  ['dozen', 12],
]);
export const scales = new Map([
  ['hundred', 100],
  ['thousand', 1_000],
  ['k', 1_000],
  ['million', 1_000_000],
  ['billion', 1_000_000_000],
]);

const months = 'january february march april may june july august september october november december'.split(
  ' ',
);

/** The number that a word says, in digits or letters, or a month's. */
export function readNumber(word: string): string | undefined {
  const often = times.get(word.toLowerCase());
  if (often !== undefined) return String(often);
  const small = smallNumbers.indexOf(word.toLowerCase());
  if (small >= 0) return String(small);
  // `in March` is compared with the month's number. Written small, `may` and `march` are verbs.
  const month = months.indexOf(word.toLowerCase());
  if (month >= 0 && word !== word.toLowerCase()) return String(month + 1);
  const match = /^\$?(\d[\d,]*(?:\.\d+)?)(k)?$/i.exec(word);
  if (!match?.[1]) return undefined;
  const digits = match[1].replaceAll(',', '');
  return match[2] ? String(Number(digits) * 1_000) : digits;
}

/** Numbers that the question states, in digits or words, with 0 and 1, which go without saying. */
export function collectNumbers(words: readonly string[]): string[] {
  const numbers = words.flatMap((word, index) => {
    const number = readNumber(word);
    if (number === undefined) return [];
    const scale = scales.get(words[index + 1]?.toLowerCase() ?? '');
    return scale === undefined ? [number] : [String(Number(number) * scale), number];
  });
  return [...new Set([...numbers, '1', '0'])];
}

function monthOf(word: string | undefined): string | undefined {
  const lower = word?.toLowerCase() ?? '';
  const index = months.findIndex(
    (month) => lower === month || (lower.length === 3 && month.startsWith(lower)),
  );
  return index < 0 ? undefined : String(index + 1).padStart(2, '0');
}

/** Dates that the question states: ISO dates, `March 2024`, `March 5, 2024`, and the ends of a bare year. */
export function collectDates(words: readonly string[]): string[] {
  const plain = words.filter((word) => word !== ',');
  const dates = plain.flatMap((word, index) => {
    if (/^\d{4}-\d{2}-\d{2}$/.test(word)) return [word];
    const month = monthOf(plain[index - 1]);
    if (/^(19|20)\d{2}$/.test(word)) {
      const day = /^\d{1,2}$/.test(plain[index - 1] ?? '') ? plain[index - 1] : undefined;
      const monthBefore = day ? monthOf(plain[index - 2]) : undefined;
      if (day && monthBefore) return [`${word}-${monthBefore}-${day.padStart(2, '0')}`];
      return month ? [`${word}-${month}-01`] : [`${word}-01-01`, `${word}-12-31`];
    }
    return [];
  });
  return [...new Set(dates)];
}
