import { isCommonWord } from '../related-words.ts';
import { stemWord } from '../question-words.ts';
import { longFormsOf } from './abbreviations.ts';

/** Shorter pieces are in every word. */
const minPiece = 3;

/** `birthdate` → birth, date; a word of the language, a number or what does not split stays whole. */
export function splitCompound(word: string): string[] {
  if (word.length < 2 * minPiece || !/^[a-z]+$/.test(word) || isCommonWord(word)) return [word];
  for (let end = word.length - minPiece; end >= minPiece; end--) {
    const [first, second] = [word.slice(0, end), word.slice(end)];
    if (isPiece(first) && isPiece(second)) return [stemWord(first), stemWord(second)];
  }
  return [word];
}

const isPiece = (piece: string) => isCommonWord(piece) || longFormsOf(piece).length > 0;
