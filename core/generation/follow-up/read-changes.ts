import { splitQuestion } from '../../schema/question-words.ts';
import { rules, type Change, type PlacedWord } from './rules.ts';

/** Longer ones say all that they ask for themselves. */
const maxWords = 14;

const lead =
  /^(?:(?:and|but|now|ok|okay|then|so|please|can you|could you|what about|how about|show me|show|give me|list|let me see|i want|i need) )+/;

/** What a follow-up that changes a filter begins with; a question of its own begins otherwise. */
const filterStart =
  /^(?:and|but|now|only|just|keep|what about|how about|the same|same|in|from|for|of|with|without|not|except|excluding|exclude|remove|drop|leave out|those|these|the ones|ones|where|which of|who of|over|above|under|below|more than|less than|fewer than|at least|at most|cheaper|since|before|after|between|during|or|instead|other than)\b/;
const ownQuestion =
  /^(which|who|whose|what|where|when|why|how|list|show|find|give|count|is|are|do|does|did|can|tell|get)\b/;

/**
 * Reads a short follow-up ("only those in Berlin", "and by month?", "top 5") as changes of the earlier statement; undefined
 * for everything that may be a question of its own.
 */
export function readChanges(question: string): Change[] | undefined {
  const words = splitQuestion(question).map((word, at): PlacedWord => ({ word: word.toLowerCase(), at }));
  const plain = dropTail(words.filter(({ word }) => /[\p{L}\p{N}]/u.test(word)));
  if (plain.length === 0 || plain.length > maxWords) return undefined;
  const whole = plain.map(({ word }) => word).join(' ');
  const led = lead.exec(whole)?.[0] ?? '';
  const text = whole.slice(led.length);
  const rest = plain.slice(led.trim() === '' ? 0 : led.trim().split(' ').length);
  for (const { pattern, read } of rules) {
    const match = new RegExp(pattern, 'd').exec(text);
    if (!match) continue;
    const changes = [read(match, (group) => wordsAt(rest, text, match.indices?.[group]))].flat();
    return changes.every((change) => isFollowUp(change, changes.length, whole, led, text))
      ? changes
      : undefined;
  }
  return undefined;
}

/** "Show the customers" begins anew; "show their names", "and the names" goes on. */
function isFollowUp({ kind }: Change, count: number, whole: string, led: string, text: string): boolean {
  if (kind === 'filter' && count === 1) return isElliptical(whole);
  return kind !== 'show' || !/^(show|give|list)/.test(led) || /^(also|their|its)/.test(text);
}

/** A few words that ask nothing by themselves go on too: "Berlin?", "paid in cash". */
function isElliptical(whole: string): boolean {
  return filterStart.test(whole) || (whole.split(' ').length <= 4 && !ownQuestion.test(whole));
}

/** "by doctor instead": such words change nothing. */
function dropTail(words: readonly PlacedWord[]): PlacedWord[] {
  const last = words.findLastIndex(({ word }) => !/^(instead|please|then|now|though)$/.test(word));
  return words.slice(0, last + 1);
}

function wordsAt(
  words: readonly PlacedWord[],
  text: string,
  range: [number, number] | undefined,
): PlacedWord[] {
  if (!range) return [];
  const first = text.slice(0, range[0]).split(' ').length - 1;
  const count = text.slice(range[0], range[1]).trim().split(' ').length;
  return words.slice(first, first + count);
}
