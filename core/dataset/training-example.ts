import { createHash } from 'node:crypto';
import { buildPrompt } from '../schema/build-prompt.ts';
import { findHints, type ValueSample } from '../schema/find-hints.ts';
import { splitQuestion } from '../schema/question-words.ts';
import {
  createSketchConstraint,
  writeSketch,
  type LiteralChoices,
  type SchemaView,
  type Sketch,
} from '../sql/sketch/index.ts';

/** One line of a training file. Consumers format nothing: prompt and completion are used as they are. */
export interface TrainingExample {
  prompt: string;
  completion: string;
  /** Characters of `prompt` that the schema alone decides; lines of one group share exactly these. */
  schemaLength: number;
  group: string;
}

/** Whether the constraint would let a model write this sketch: what it forbids cannot be learned to any use. */
export function isReachable(view: SchemaView, literals: LiteralChoices, words: readonly string[]): boolean {
  const constraint = createSketchConstraint(view, literals);
  let state = constraint.start();
  for (const word of words) {
    if (!constraint.allowed(state).words.includes(word)) return false;
    state = constraint.advance(state, word);
  }
  return constraint.allowed(state).end;
}

/** The example of a question on a schema, or nothing when its sketch is out of the constraint's reach. */
export function makeExample(
  view: SchemaView,
  samples: readonly ValueSample[],
  question: string,
  sketch: Sketch,
): TrainingExample | undefined {
  const hints = findHints(view, splitQuestion(question), samples);
  const prompt = buildPrompt({ view, question, hints });
  const words = writeSketch(sketch);
  if (!isReachable(view, prompt.literals, words)) return undefined;
  const schemaText = prompt.text.slice(0, prompt.schemaLength);
  const group = createHash('sha256').update(schemaText).digest('hex').slice(0, 12);
  return { prompt: prompt.text, completion: words.join(' '), schemaLength: prompt.schemaLength, group };
}

/** Lines that share a schema, together: the trainer encodes it once for all of them. */
export function groupExamples(
  examples: readonly TrainingExample[],
  maxPerGroup: number,
): TrainingExample[][] {
  const byGroup = Map.groupBy(examples, (example) => example.group);
  return [...byGroup.values()].flatMap((group) => {
    const parts: TrainingExample[][] = [];
    for (let start = 0; start < group.length; start += maxPerGroup)
      parts.push(group.slice(start, start + maxPerGroup));
    return parts;
  });
}
