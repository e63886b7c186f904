import { generateRemotely, type EndpointModel } from './endpoint/index.ts';
import type { GenerateInput, GenerationEvent } from './generation-event.ts';
import { generateFromSketches } from './generate-sketch.ts';
import { generateFromText } from './generate-sql.ts';
import type { LanguageModel } from './runtime/index.ts';

export type AnyGenerateInput = Omit<GenerateInput, 'model'> & { model: LanguageModel | EndpointModel };

/** Writes candidates in the form that the model was made for, the most probable first. */
export function generate(input: AnyGenerateInput): AsyncGenerator<GenerationEvent> {
  const { model } = input;
  if ('complete' in model) return generateRemotely({ ...input, model });
  return model.facts.targetForm === 'sketch'
    ? generateFromSketches({ ...input, model })
    : generateFromText({ ...input, model });
}
