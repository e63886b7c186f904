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
  return { prompt: prompt.text, completion: words.join(' ') };
}
