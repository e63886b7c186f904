import type { WordConstraint } from '../sql/sketch/index.ts';
import { buildTokenTrie, type TrieNode } from './token-trie.ts';

/** What the search asks of a model. */
export interface TokenScorer {
  readonly endToken: number;
  tokenizeWord(word: string): readonly number[];
  /** Logits of `wanted` as the token after `tokens`. */
  scoreNext(tokens: readonly number[], wanted: readonly number[], signal: AbortSignal): Promise<number[]>;
}

export interface DecodeOptions<S> {
  scorer: TokenScorer;
  constraint: WordConstraint<S>;
  promptTokens: readonly number[];
  signal: AbortSignal;
  /** A text of more tokens is given up as unfinished. Defaults to 256. */
  maxTokens?: number | undefined;
}

export interface DecodedWords {
  words: string[];
  /** Of the choices alone, among the allowed tokens: forced tokens cost nothing. */
  logProb: number;
  /** Whether the constraint let it end; false at a dead end or beyond `maxTokens`. */
  finished: boolean;
  /** Tokens written, forced ones included. */
  tokenCount: number;
}

export type DecodeEvent = { kind: 'words'; words: string[] } | { kind: 'decoded'; decoded: DecodedWords };

/** A point in the text: inside a word (`node`), whose first allowed words follow from `state`. */
interface Place<S> {
  state: S;
  node: TrieNode;
  words: readonly string[];
  tokens: readonly number[];
  logProb: number;
  ended: boolean;
}

/** One way to go on; `go` is lazy, as most are never taken. */
interface Step<S> {
  token: number;
  go(): Place<S>;
}

const defaultMaxTokens = 256;
/** Turnings kept for each choice: less probable ones are hardly ever among the first candidates. */
const alternativesPerChoice = 4;

/**
 * Writes texts that the constraint allows, one after the other: first the greedy one (at each choice the most
 * probable allowed token), then, best first, the texts that leave an earlier one at its most probable untaken
 * turning and go on greedily from there. All differ. The order follows from model, prompt and constraint alone.
 * Take as many as needed; leaving the generator stops the work.
 */
export async function* decodeWords<S>(options: DecodeOptions<S>): AsyncGenerator<DecodeEvent> {
  const turnings: Place<S>[] = [openPlace(options)];
  for (let place = turnings.shift(); place; place = takeBest(turnings)) {
    yield* writeGreedily(options, place, turnings);
  }
}

async function* writeGreedily<S>(
  options: DecodeOptions<S>,
  start: Place<S>,
  turnings: Place<S>[],
): AsyncGenerator<DecodeEvent> {
  const maxTokens = options.maxTokens ?? defaultMaxTokens;
  let place = start;
  while (!place.ended && place.tokens.length < maxTokens) {
    const steps = listSteps(options, place);
    const [only] = steps;
    if (!only) break;
    const before = place.words.length;
    if (steps.length === 1) place = only.go();
    else place = await choose(options, place, steps, turnings);
    if (place.words.length > before) yield { kind: 'words', words: [...place.words] };
  }
  const { words, logProb, ended, tokens } = place;
  yield {
    kind: 'decoded',
    decoded: { words: [...words], logProb, finished: ended, tokenCount: tokens.length },
  };
}

function openPlace<S>({ constraint, scorer }: DecodeOptions<S>): Place<S> {
  const state = constraint.start();
  const node = buildTokenTrie(constraint.allowed(state).words, (word) => scorer.tokenizeWord(word));
  return { state, node, words: [], tokens: [], logProb: 0, ended: false };
}

/** The tokens that may come next: on within the word, or after a whole word the first of the next, or the end. */
function listSteps<S>(options: DecodeOptions<S>, place: Place<S>): Step<S>[] {
  const inside = stepsInto(place, place.node);
  if (place.node.word !== undefined) {
    const { after, canEnd } = completeWord(options, place, place.node.word);
    return mergeSteps([...inside, ...stepsInto(after, after.node), ...endStep(options, after, canEnd)]);
  }
  const atStart = place.tokens.length === 0;
  const canEnd = atStart && options.constraint.allowed(place.state).end;
  return [...inside, ...endStep(options, place, canEnd)];
}

function stepsInto<S>(place: Place<S>, node: TrieNode): Step<S>[] {
  return [...node.children].map(([token, child]) => ({
    token,
    go: () => ({ ...place, node: child, tokens: [...place.tokens, token] }),
  }));
}

function endStep<S>({ scorer }: DecodeOptions<S>, place: Place<S>, canEnd: boolean): Step<S>[] {
  const token = scorer.endToken;
  return canEnd ? [{ token, go: () => ({ ...place, tokens: [...place.tokens, token], ended: true }) }] : [];
}

function completeWord<S>(
  options: DecodeOptions<S>,
  place: Place<S>,
  word: string,
): { after: Place<S>; canEnd: boolean } {
  const { constraint, scorer } = options;
  const state = constraint.advance(place.state, word);
  const { words, end } = constraint.allowed(state);
  const node = buildTokenTrie(words, (next) => scorer.tokenizeWord(next));
  return { after: { ...place, state, node, words: [...place.words, word] }, canEnd: end };
}

/** A tokenizer marks the start of a word, so two steps never share a token; were it not so, the longer word wins. */
function mergeSteps<S>(steps: Step<S>[]): Step<S>[] {
  const byToken = new Map<number, Step<S>>();
  for (const step of steps) if (!byToken.has(step.token)) byToken.set(step.token, step);
  return [...byToken.values()];
}

async function choose<S>(
  options: DecodeOptions<S>,
  place: Place<S>,
  steps: Step<S>[],
  turnings: Place<S>[],
): Promise<Place<S>> {
  const wanted = steps.map((step) => step.token);
  const written = [...options.promptTokens, ...place.tokens];
  const logits = await options.scorer.scoreNext(written, wanted, options.signal);
  const ranked = rankSteps(steps, logits).slice(0, alternativesPerChoice + 1);
  const [best, ...others] = ranked.map(({ step, logProb }) => ({
    ...step.go(),
    logProb: place.logProb + logProb,
  }));
  turnings.push(...others);
  return best ?? place;
}

/** Most probable first; equal ones by token, so that the order is always the same. */
function rankSteps<S>(steps: Step<S>[], logits: readonly number[]): { step: Step<S>; logProb: number }[] {
  const max = Math.max(...logits);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0);
  const logTotal = max + Math.log(total);
  return steps
    .map((step, index) => ({ step, logProb: (logits[index] ?? Number.NEGATIVE_INFINITY) - logTotal }))
    .sort((a, b) => b.logProb - a.logProb || a.step.token - b.step.token);
}

function takeBest<S>(turnings: Place<S>[]): Place<S> | undefined {
  let best = 0;
  turnings.forEach((place, index) => {
    if (place.logProb > (turnings[best]?.logProb ?? 0)) best = index;
  });
  return turnings.splice(best, 1)[0];
}
