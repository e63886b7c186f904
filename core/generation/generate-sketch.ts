import { buildPointerPrompt, type PointerPrompt } from '../schema/pointer-prompt.ts';
import {
  createSketchConstraint,
  expandSketch,
  isSensible,
  parseSketch,
  viewSchema,
} from '../sql/sketch/index.ts';
import { decodeWords } from './decode-words.ts';
import type { GenerateInput, GenerationEvent, WrittenCandidate } from './generation-event.ts';

/** Texts decoded for each statement that is wanted, at most: some say the same, some make none. */
const textsPerCandidate = 4;
/** A sketch of Spider's longest answers has about 60 words. */
const maxSketchTokens = 160;

/**
 * Writes statements with a model that was trained on sketches: each is decoded word by word under the sketch's
 * grammar, so it names nothing that the schema lacks, and expanded to SQL by code. Two sketches of the same SQL
 * count once. The most probable comes first.
 */
export async function* generateFromSketches(input: GenerateInput): AsyncGenerator<GenerationEvent> {
  const { model, signal, question, hints, needed } = input;
  const prompt = buildPointerPrompt({ view: viewSchema(input.schema), question, hints, needed });
  const promptTokens = model.tokenizePrompt(prompt.text);
  const started = performance.now();
  const reusedTokens = await model.readPrompt(promptTokens, signal);
  const promptMs = performance.now() - started;
  const tables = prompt.view.tables.map(({ table }) => table);
  yield {
    kind: 'prompt',
    text: prompt.text,
    tokenCount: promptTokens.length,
    reusedTokens,
    promptMs,
    tables,
  };
  yield* input.decoding === 'greedy'
    ? writeFreely(input, prompt, promptTokens)
    : writeConstrained(input, prompt, promptTokens);
}

/** Words in the middle of a sketch may not make a statement yet. */
function tryExpand(words: readonly string[], { view, values }: PointerPrompt): string | undefined {
  try {
    return expandSketch(words, view, values);
  } catch {
    return undefined;
  }
}

async function* writeConstrained(
  { model, signal, maxCandidates, decoding }: GenerateInput,
  prompt: PointerPrompt,
  promptTokens: readonly number[],
): AsyncGenerator<GenerationEvent> {
  const constraint = createSketchConstraint(prompt.view, prompt.literals);
  const searchChoices = decoding === 'constrained' ? 0 : undefined;
  const seen = new Set<string>();
  let decodedCount = 0;
  let before = performance.now();
  for await (const event of decodeWords({ scorer: model, constraint, promptTokens, signal, searchChoices })) {
    if (event.kind === 'words') {
      const sql = decodedCount > 0 ? undefined : tryExpand(event.words, prompt);
      if (sql) yield { kind: 'sql', sql };
      continue;
    }
    const { words, ...decoded } = event.decoded;
    const sql = isSensible(parseSketch(words, prompt.view)) ? tryExpand(words, prompt) : undefined;
    if (sql && !seen.has(sql)) {
      seen.add(sql);
      yield { kind: 'candidate', candidate: { ...decoded, sql, ms: performance.now() - before } };
      before = performance.now();
    }
    if (seen.size >= maxCandidates || ++decodedCount >= maxCandidates * textsPerCandidate) return;
  }
}

/** The model's own most probable words, whatever they are: what the grammar is measured against. */
async function* writeFreely(
  { model, signal }: GenerateInput,
  prompt: PointerPrompt,
  promptTokens: readonly number[],
): AsyncGenerator<GenerationEvent> {
  const started = performance.now();
  const tokens: number[] = [];
  let logProb = 0;
  const options = { temperature: 0, seeds: [0], maxTokens: maxSketchTokens, signal };
  for await (const written of model.writeText(promptTokens, options)) {
    tokens.push(written.token);
    logProb += written.logProb;
  }
  const words = model.detokenize(tokens).trim().split(/\s+/);
  const candidate: WrittenCandidate = {
    sql: tryExpand(words, prompt) ?? words.join(' '),
    logProb,
    finished: tokens.length < maxSketchTokens,
    tokenCount: tokens.length,
    ms: performance.now() - started,
  };
  yield { kind: 'candidate', candidate };
}
