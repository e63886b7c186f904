import { resolveChatWrapper } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { buildChatPrompt, writeChatCompletion } from '../../schema/index.ts';
import { shopSchema } from '../testing/shop-schema.ts';

/** As Mistral-7B-Instruct's files hold it. */
const mistralTemplate =
  "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] " +
  "+ ' [/INST]' }}{% else %}{{ message['content'] + eos_token }}{% endif %}{% endfor %}";

test("a user's turn in Mistral's chat template is the prompt that the dataset holds", () => {
  const prompt = buildChatPrompt({ schema: shopSchema, question: 'How many customers are there?' });
  const wrapper = resolveChatWrapper({
    bosString: '<s>',
    fileInfo: { metadata: { general: {}, tokenizer: { chat_template: mistralTemplate } } },
  } as unknown as Parameters<typeof resolveChatWrapper>[0]);
  if (wrapper === null) throw new Error('No wrapper knows the template.');
  const render = (response: string[]) =>
    wrapper
      .generateContextState({
        chatHistory: [
          { type: 'user', text: prompt.text },
          { type: 'model', response },
        ],
      })
      .contextText.toString();
  expect(render([])).toBe(`BOS${prompt.chatText}`);
  const sql = 'SELECT count(*) FROM customers';
  expect(`${render([` ${sql}`])}</s>`).toBe(`BOS${prompt.chatText}${writeChatCompletion(sql)}`);
});
