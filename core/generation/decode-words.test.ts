import { describe, expect, test } from 'vitest';
import type { WordConstraint } from '../sql/sketch/index.ts';
import { decodeWords, type DecodedWords, type TokenScorer } from './decode-words.ts';

/** Texts over letters; `$` ends. The constraint is a list of allowed texts, each a list of words. */
const end = 36;
const space = 32;

function allowOnly(texts: string[]): WordConstraint<string[]> {
  const rest = (words: string[]) =>
    texts
      .map((text) => text.split(' '))
      .filter((text) => words.every((word, index) => text[index] === word))
      .map((text) => text.slice(words.length));
  return {
    start: () => [],
    allowed: (words) => ({
      words: [...new Set(rest(words).flatMap(([next]) => (next === undefined ? [] : [next])))],
      end: rest(words).some((text) => text.length === 0),
    }),
    advance: (words, word) => [...words, word],
  };
}

/** Likes texts as weighted: a token's logit is the log of the weight of the texts that go on with it. */
function scorerOf(weights: Record<string, number>) {
  const asked: string[] = [];
  const scorer: TokenScorer = {
    endToken: end,
    tokenizeWord: (word) => [space, ...[...word].map((letter) => letter.charCodeAt(0))],
    scoreNext: async (tokens, wanted, signal) => {
      signal.throwIfAborted();
      const written = String.fromCharCode(...tokens);
      asked.push(written);
      return wanted.map((token) => {
        const start = written + String.fromCharCode(token);
        const liked = Object.entries(weights).filter(([text]) => ` ${text}$`.startsWith(start));
        return Math.log(liked.reduce((sum, [, weight]) => sum + weight, 1e-9));
      });
    },
  };
  return { scorer, asked };
}

async function decode(
  texts: string[],
  weights: Record<string, number>,
  count: number,
  signal = new AbortController().signal,
) {
  const { scorer, asked } = scorerOf(weights);
  const decoded: DecodedWords[] = [];
  const progress: string[] = [];
  const events = decodeWords({ scorer, constraint: allowOnly(texts), promptTokens: [], signal });
  for await (const event of events) {
    if (event.kind === 'words') progress.push(event.words.join(' '));
    else decoded.push(event.decoded);
    if (decoded.length === count) break;
  }
  return { texts: decoded.map(({ words }) => words.join(' ')), decoded, progress, asked };
}

async function lastDecoded<S>(constraint: WordConstraint<S>, maxTokens?: number) {
  const { signal } = new AbortController();
  const options = { scorer: scorerOf({}).scorer, constraint, promptTokens: [], signal, maxTokens };
  let last: DecodedWords | undefined;
  for await (const event of decodeWords(options)) if (event.kind === 'decoded') last = event.decoded;
  return last;
}

describe('decodeWords', () => {
  test('takes the most probable allowed text though the model likes another more', async () => {
    const { texts, decoded } = await decode(
      ['from b', 'from c'],
      { 'from a': 90, 'from b': 3, 'from c': 7 },
      1,
    );
    expect(texts).toEqual(['from c']);
    expect(decoded[0]?.logProb).toBeCloseTo(Math.log(0.7), 6);
    expect(decoded[0]?.finished).toBe(true);
  });

  test('asks the model only where there is a choice', async () => {
    const { asked, texts } = await decode(['select count from orders'], {}, 1);
    expect(texts).toEqual(['select count from orders']);
    expect(asked).toEqual([]);
    const branched = await decode(['from orders select', 'from items select'], { 'from items select': 1 }, 1);
    expect(branched.asked).toEqual([' from ']);
  });

  test('a word that starts another can end, or go on', async () => {
    const texts = ['name', 'name_id', 'name total'];
    for (const wanted of texts) {
      expect((await decode(texts, { [wanted]: 1 }, 1)).texts).toEqual([wanted]);
    }
  });

  test('gives every text once, best first, with its probability', async () => {
    const weights = { 'a x': 5, 'a y': 1, 'b x': 3, 'b y': 1 };
    const { texts, decoded } = await decode(Object.keys(weights), weights, 10);
    expect(texts).toEqual(['a x', 'b x', 'a y', 'b y']);
    const shares = decoded.map(({ logProb }) => Math.exp(logProb) * 10);
    [5, 3, 1, 1].forEach((share, index) => expect(shares[index]).toBeCloseTo(share, 5));
  });

  test('a text that greedy choices miss comes first where it is more probable', async () => {
    const weights = { 'a 1': 2, 'a 2': 2, 'a 3': 2, 'b 1': 5 };
    const { texts, progress } = await decode(Object.keys(weights), weights, 4);
    expect(progress[0]).toBe('a');
    expect(texts).toEqual(['b 1', 'a 1', 'a 2', 'a 3']);
  });

  test('equal probabilities come in the same order every time', async () => {
    const texts = ['b', 'd', 'a', 'c'];
    const first = await decode(texts, {}, 4);
    expect(first.texts).toEqual(['a', 'b', 'c', 'd']);
    expect((await decode(texts.toReversed(), {}, 4)).texts).toEqual(first.texts);
  });

  test('the text grows word by word', async () => {
    const { progress } = await decode(['from a select x', 'from a select y'], {}, 1);
    expect(progress).toEqual(['from', 'from a', 'from a select', 'from a select x']);
  });

  test('a dead end comes back as unfinished', async () => {
    const constraint: WordConstraint<number> = {
      start: () => 0,
      allowed: (state) => ({ words: state < 2 ? ['go'] : [], end: false }),
      advance: (state) => state + 1,
    };
    expect(await lastDecoded(constraint)).toMatchObject({ words: ['go'], finished: false });
  });

  test('a text without end stops at the token limit', async () => {
    const constraint: WordConstraint<null> = {
      start: () => null,
      allowed: () => ({ words: ['on'], end: false }),
      advance: () => null,
    };
    expect(await lastDecoded(constraint, 30)).toMatchObject({ finished: false, tokenCount: 30 });
  });

  test('stops where the question was cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(decode(['a', 'b'], {}, 1, controller.signal)).rejects.toThrow();
  });
});
