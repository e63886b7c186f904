import { findValueHints } from '../schema/find-value-hints.ts';
import { buildPointerPrompt, type PointerPrompt } from '../schema/pointer-prompt.ts';
import { splitQuestion } from '../schema/question-words.ts';
import type { ValueIndex } from '../schema/value-index/build-value-index.ts';
import { createSketchConstraint, writeSketch, type SchemaView, type Sketch } from '../sql/sketch/index.ts';
import { NoPointerError, pointSketch } from './point-sketch.ts';

/** One line of a training file. Consumers format nothing: prompt and completion are used as they are. */
export interface TrainingExample {
  prompt: string;
  completion: string;
}

/** Whether the constraint would let a model write this sketch: what it forbids cannot be learned to any use. */
export function isReachable({ view, literals }: PointerPrompt, words: readonly string[]): boolean {
  const constraint = createSketchConstraint(view, literals);
  let state = constraint.start();
  for (const word of words) {
    if (!constraint.allowed(state).words.includes(word)) return false;
    state = constraint.advance(state, word);
  }
  return constraint.allowed(state).end;
}

/** The example of a question on a schema, or why there is none: the sketch is out of the prompt's or the constraint's reach. */
export function makeExample(
  view: SchemaView,
  values: ValueIndex,
  question: string,
  sketch: Sketch,
): TrainingExample | string {
  const hints = findValueHints(view, splitQuestion(question), values);
  const prompt = buildPointerPrompt({ view, question, hints });
  const words = pointWords(view, prompt, sketch);
  return typeof words === 'string' ? words : { prompt: prompt.text, completion: words.join(' ') };
}

/** The words that a model shall write for this prompt, or why it could not. */
export function pointWords(view: SchemaView, prompt: PointerPrompt, sketch: Sketch): string[] | string {
  try {
    const words = writeSketch(pointSketch(sketch, view, prompt));
    return isReachable(prompt, words) ? words : 'what the constraint forbids';
  } catch (error) {
    if (error instanceof NoPointerError) return error.message;
    throw error;
  }
}
