import type { ParityCase, ParityDifference } from '../../contract/index.ts';
import type { LanguageModel } from './language-model.ts';

/** How many ids of a difference are shown. */
const shownIds = 8;

/** What became of one case: nothing where all is equal. */
export interface CaseResult {
  tokens: ParityDifference | undefined;
  written: ParityDifference | undefined;
}

/**
 * Holds a model against one case: the prompt's token ids exactly; then, where the case has a greedy output, as many ids
 * of a greedy output after the case's own tokens, so that each of the two is judged for itself.
 */
export async function checkCase(
  model: LanguageModel,
  index: number,
  { prompt, kind, tokens, written }: ParityCase,
  signal: AbortSignal,
): Promise<CaseResult> {
  const found = kind === 'chat' ? model.tokenizeChat(prompt) : model.tokenizePrompt(prompt);
  return {
    tokens: findDifference(index, 'tokens', tokens, found),
    written:
      written &&
      findDifference(index, 'written', written, await writeGreedily(model, tokens, written.length, signal)),
  };
}

/** Up to `count` ids after `tokens`, the end token included. */
async function writeGreedily(
  model: LanguageModel,
  tokens: readonly number[],
  count: number,
  signal: AbortSignal,
): Promise<number[]> {
  const written: number[] = [];
  await model.readPrompt(tokens, signal);
  const options = { temperature: 0, seeds: [0], yieldEndToken: true, signal };
  for await (const { token } of model.writeText(tokens, options)) {
    written.push(token);
    if (written.length >= count) break;
  }
  return written;
}

function findDifference(
  index: number,
  what: ParityDifference['what'],
  expected: readonly number[],
  found: readonly number[],
): ParityDifference | undefined {
  const longer = expected.length > found.length ? expected : found;
  const at = longer.findIndex((_, position) => expected[position] !== found[position]);
  if (at < 0) return undefined;
  const show = (ids: readonly number[]) => ids.slice(at, at + shownIds);
  return { index, what, at, expected: show(expected), found: show(found) };
}
