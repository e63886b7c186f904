import { buildPrompt } from '../schema/build-prompt.ts';
import { createSketchConstraint, expandSketch, viewSchema, type SchemaView } from '../sql/sketch/index.ts';
import { decodeWords } from './decode-words.ts';
import type { GenerateInput, GenerationEvent } from './generation-event.ts';

/**
 * Writes statements with a model that was trained on sketches: each is decoded word by word under the sketch's
 * grammar, so it names nothing that the schema lacks, and expanded to SQL by code. Two sketches of the same SQL
 * count once.
 */
export async function* generateFromSketches(input: GenerateInput): AsyncGenerator<GenerationEvent> {
  const { model, signal } = input;
  const view = viewSchema(input.schema);
  const prompt = buildPrompt({ view, question: input.question, hints: input.hints });
  const promptTokens = model.tokenizePrompt(prompt.text);
  const started = performance.now();
  const reusedTokens = await model.readPrompt(promptTokens, signal);
  const promptMs = performance.now() - started;
  yield { kind: 'prompt', text: prompt.text, tokenCount: promptTokens.length, reusedTokens, promptMs };
  const constraint = createSketchConstraint({ ...view, tables: prompt.tables }, prompt.literals);
  const seen = new Set<string>();
  let decodedCount = 0;
  let before = performance.now();
  for await (const event of decodeWords({ scorer: model, constraint, promptTokens, signal })) {
    if (event.kind === 'words') {
      if (seen.size > 0) continue;
      const sql = tryExpand(event.words, view);
      if (sql) yield { kind: 'sql', sql };
      continue;
    }
    const { words, ...rest } = event.decoded;
    const ms = performance.now() - before;
    before = performance.now();
    const sql = tryExpand(words, view);
    if (sql && !seen.has(sql)) {
      seen.add(sql);
      yield { kind: 'candidate', candidate: { ...rest, sql, ms } };
    }
    if (seen.size >= input.maxCandidates || ++decodedCount >= input.maxCandidates * 4) return;
  }
}

/** Words in the middle of a sketch may not make a statement yet. */
function tryExpand(words: readonly string[], view: SchemaView): string | undefined {
  try {
    return expandSketch(words, view);
  } catch {
    return undefined;
  }
}
