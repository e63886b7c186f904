import { buildPrompt } from '../schema/build-prompt.ts';
import { createSketchConstraint, expandSketch, viewSchema, type SchemaView } from '../sql/sketch/index.ts';
import { decodeWords } from './decode-words.ts';
import type { GenerateInput, GenerationEvent, WrittenCandidate } from './generation-event.ts';
import { rankByCoverage } from './rank-candidates.ts';

/** Sketches written before the best of them is chosen. */
const rankedCandidates = 5;

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
  const wanted = Math.max(input.maxCandidates, rankedCandidates);
  const written = new Map<string, WrittenCandidate & { words: string[] }>();
  let decodedCount = 0;
  let before = performance.now();
  for await (const event of decodeWords({ scorer: model, constraint, promptTokens, signal })) {
    if (event.kind === 'words') {
      const sql = decodedCount > 0 ? undefined : tryExpand(event.words, view);
      if (sql) yield { kind: 'sql', sql };
      continue;
    }
    const ms = performance.now() - before;
    before = performance.now();
    const sql = tryExpand(event.decoded.words, view);
    if (sql && !written.has(sql)) written.set(sql, { ...event.decoded, sql, ms });
    if (written.size >= wanted || ++decodedCount >= wanted * 4) break;
  }
  const ranked = rankByCoverage(input.question, input.hints, [...written.values()]);
  for (const { words: _words, ...candidate } of ranked.slice(0, input.maxCandidates)) {
    yield { kind: 'candidate', candidate };
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
