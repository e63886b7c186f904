import { JinjaTemplateChatWrapper, type LlamaText, type Tokenizer } from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';

export interface ChatTemplateInput {
  /** Of the model, for the error. */
  name: string;
  /** Jinja, as the file's `tokenizer.chat_template` holds it. */
  template: string;
  tokenizer?: Tokenizer | undefined;
}

/** A model's own chat template: a user's turn as training saw it, up to where the model answers. */
export interface ChatTemplate {
  /** @throws MODEL_INCOMPATIBLE where the template refuses the turn */
  renderTurn(text: string): LlamaText;
}

/**
 * Takes the file's template as it is, never one that only resembles it; a template that can think is told not to, as
 * an answer is one statement. A system's turn is never written: some templates refuse it, others write their own.
 * @throws MODEL_INCOMPATIBLE for a template that is no Jinja, fails, or leaves the user's words out
 */
export function openChatTemplate({ name, template, tokenizer }: ChatTemplateInput): ChatTemplate {
  const wrapper = orExplain(name, () => {
    return new JinjaTemplateChatWrapper({ template, reasoning: false, ...(tokenizer ? { tokenizer } : {}) });
  });
  return {
    renderTurn: (text) =>
      orExplain(name, () => {
        const { contextText } = wrapper.generateContextState({
          chatHistory: [
            { type: 'user', text },
            { type: 'model', response: [] },
          ],
        });
        return contextText;
      }),
  };
}

function orExplain<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new AppError('MODEL_INCOMPATIBLE', `The chat template of ${name} fails: ${describe(cause)}.`, {
      hint: 'Get a newer GGUF file of the model, or have its tokenizer.chat_template corrected or removed.',
      cause,
    });
  }
}

/** The library wraps the engine's own words in its advice to developers. */
function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/^The provided Jinja template failed the sanity test: (\w*Error: )?/, '')
    .replace(/\. Inspect the Jinja template to find out what went wrong$/, '');
}
