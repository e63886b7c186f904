import { hashQuestion } from './find-leaks.ts';

/**
 * A set of questions that says "surely not" or "almost surely": a Bloom filter (Bloom, 1970) over their hashes. At 24 bits a
 * question it takes one in 100,000 strange questions for one of its own, and never misses its own.
 */
export interface QuestionFilter {
  /** Whether the question, or a near duplicate, was added. */
  has(question: string): boolean;
  /** The same for `hashQuestion` of a question. */
  hasHash(hash: string): boolean;
}

const bitsPerQuestion = 24;
/** The best number of bits to set is bits a question times ln 2. */
const hashCount = 17;

function* positionsOf(hash: string, bits: number): Generator<number> {
  // Two halves of one hash make any number of positions (Kirsch and Mitzenmacher, 2006).
  const first = Number.parseInt(hash.slice(0, 8), 16);
  const second = Number.parseInt(hash.slice(8, 16), 16) | 1;
  for (let index = 0; index < hashCount; index++) yield (first + index * (second >>> 0)) % bits;
}

/** The filter's bytes for the given hashes, the same whatever their order. */
export function buildQuestionFilter(hashes: ReadonlySet<string>): Uint8Array {
  const bytes = new Uint8Array(Math.max(8, Math.ceil((hashes.size * bitsPerQuestion) / 8)));
  for (const hash of hashes)
    for (const position of positionsOf(hash, bytes.length * 8))
      bytes[position >>> 3] = (bytes[position >>> 3] ?? 0) | (1 << (position & 7));
  return bytes;
}

export function openQuestionFilter(bytes: Uint8Array): QuestionFilter {
  const isSet = (position: number) => ((bytes[position >>> 3] ?? 0) & (1 << (position & 7))) !== 0;
  const hasHash = (hash: string) => [...positionsOf(hash, bytes.length * 8)].every(isSet);
  return { hasHash, has: (question) => hasHash(hashQuestion(question)) };
}
