import type { GenerateInput, GenerationEvent } from './generation-event.ts';
import { generateFromSketches } from './generate-sketch.ts';
import { generateFromText } from './generate-sql.ts';

/** Writes candidates in the form that the model was made for, the most probable first. */
export function generate(input: GenerateInput): AsyncGenerator<GenerationEvent> {
  return input.model.facts.targetForm === 'sketch' ? generateFromSketches(input) : generateFromText(input);
}
