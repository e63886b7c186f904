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
  /**
   * Choices spent on beating a whole text before it is given; 0 is greedy decoding. Defaults to 64, about a third of
   * a second with the starter model; where the model is sure of its text, none is spent.
   */
  searchChoices?: number | undefined;
  /**
   * The same for every text after the first. Defaults to 0: what the first search has found and left open is gone through as
   * it stands, and eight texts cost less than three times one.
   */
  laterChoices?: number | undefined;
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
  /** No allowed token follows, or too many were written. */
  dead?: boolean;
}

interface Search<S> {
  /** Where the texts so far can still be left. */
  open: Place<S>[];
  /** Whole texts that were not given yet. */
  found: Place<S>[];
  /** Choices made while a whole text was waiting. */
  choices: number;
  /** Texts given so far. */
  given: number;
}

/** One way to go on; `go` is lazy, as most are never taken. */
interface Step<S> {
  token: number;
  go(): Place<S>;
}

const defaultMaxTokens = 256;
/** Turnings kept for each choice: less probable ones are hardly ever among the first candidates. */
const alternativesPerChoice = 4;
const defaultSearchChoices = 64;

/**
 * Writes texts that the constraint allows, the most probable first: at each choice the most probable allowed token is
 * taken; the untaken turnings are kept, and those that are still more probable than the text found are followed, as
 * far as they stay so. After `searchChoices` further choices the best text found is given. All texts differ, and
 * their order follows from model, prompt and constraint alone. Take as many as needed; leaving stops the work.
 */
export async function* decodeWords<S>(options: DecodeOptions<S>): AsyncGenerator<DecodeEvent> {
  const search: Search<S> = { open: [openPlace(options)], found: [], choices: 0, given: 0 };
  for (let next = takeBest(search.open); next; next = takeBest(search.open)) {
    const first = search.given === 0 && search.found.length === 0;
    for await (const place of follow(options, search, next)) {
      if (first) yield { kind: 'words', words: [...place.words] };
      if (place.ended) search.found.push(place);
      else if (place.dead && search.found.length === 0) yield { kind: 'decoded', decoded: describe(place) };
    }
    for (let best = takeDecided(options, search); best; best = takeDecided(options, search)) {
      search.given++;
      yield { kind: 'decoded', decoded: describe(best) };
    }
  }
}

/**
 * Follows a turning greedily: gives the place after each word, and the last one. Left aside once it is less probable
 * than a text that is found already.
 */
async function* follow<S>(
  options: DecodeOptions<S>,
  search: Search<S>,
  start: Place<S>,
): AsyncGenerator<Place<S>> {
  const maxTokens = options.maxTokens ?? defaultMaxTokens;
  let place = start;
  while (!place.ended) {
    if (isBeaten(search, place)) return void search.open.push(place);
    const steps = listSteps(options, place);
    const [only] = steps;
    if (!only || place.tokens.length >= maxTokens) return yield { ...place, dead: true };
    const before = place.words.length;
    place = steps.length === 1 ? only.go() : await choose(options, search, place, steps);
    if (!place.ended && place.words.length > before) yield place;
  }
  yield place;
}

function isBeaten<S>({ found }: Search<S>, place: Place<S>): boolean {
  return found.some((text) => text.logProb > place.logProb);
}

/** The best text found, where no turning can still beat it or enough was searched. */
function takeDecided<S>(options: DecodeOptions<S>, search: Search<S>): Place<S> | undefined {
  const best = search.found[indexOfBest(search.found)];
  if (!best) return undefined;
  const isOpen = search.open.some((place) => place.logProb > best.logProb);
  const most =
    search.given === 0 ? (options.searchChoices ?? defaultSearchChoices) : (options.laterChoices ?? 0);
  if (isOpen && search.choices < most) return undefined;
  search.choices = 0;
  return takeBest(search.found);
}

function describe<S>({ words, logProb, ended, tokens }: Place<S>): DecodedWords {
  return { words: [...words], logProb, finished: ended, tokenCount: tokens.length };
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
  search: Search<S>,
  place: Place<S>,
  steps: Step<S>[],
): Promise<Place<S>> {
  if (search.found.length > 0) search.choices++;
  const wanted = steps.map((step) => step.token);
  const written = [...options.promptTokens, ...place.tokens];
  const logits = await options.scorer.scoreNext(written, wanted, options.signal);
  const ranked = rankSteps(steps, logits).slice(0, alternativesPerChoice + 1);
  const [best, ...others] = ranked.map(({ step, logProb }) => ({
    ...step.go(),
    logProb: place.logProb + logProb,
  }));
  search.open.push(...others);
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

function takeBest<S>(places: Place<S>[]): Place<S> | undefined {
  return places.splice(indexOfBest(places), 1)[0];
}

/** The first of equal ones. */
function indexOfBest<S>(places: readonly Place<S>[]): number {
  let best = 0;
  places.forEach(({ logProb }, index) => {
    if (logProb > (places[best]?.logProb ?? 0)) best = index;
  });
  return best;
}
