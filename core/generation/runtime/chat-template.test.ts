import { describe, expect, test } from 'vitest';
import { buildChatPrompt, writeChatCompletion } from '../../schema/index.ts';
import { shopSchema } from '../testing/shop-schema.ts';
import { openChatTemplate } from './chat-template.ts';

/** As the files of these models hold them; of Llama 3's the parts for system and user alone. */
const templates = {
  mistral:
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] " +
    "+ ' [/INST]' }}{% else %}{{ message['content'] + eos_token }}{% endif %}{% endfor %}",
  llama3:
    "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + " +
    "message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}" +
    '{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}' +
    "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
  qwen:
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou " +
    "are a helpful assistant.<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] " +
    "+ '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
  gemma:
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" +
    "{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}" +
    "{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + " +
    "'<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}",
  thinking:
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' }}{% if message['role'] == 'assistant' %}{{ '<think>' }}" +
    "{% if not enable_thinking %}{{ '</think>' }}{% endif %}{% endif %}{{ message['content'] }}{% endfor %}" +
    "{% if add_generation_prompt %}{{ '<|assistant|><think>' }}{% endif %}",
};

const open = (template: string) => openChatTemplate({ name: 'this model', template });
const render = (template: string, text: string) => open(template).renderTurn(text).toString();

describe("a user's turn", () => {
  const prompt = buildChatPrompt({ schema: shopSchema, question: 'How many customers are there?' });

  test("in Mistral's template is the prompt that the dataset holds", () => {
    expect(render(templates.mistral, prompt.text)).toBe(`BOS${prompt.chatText}`);
    const sql = 'SELECT count(*) FROM customers';
    expect(`${render(templates.mistral, prompt.text)} ${sql}</s>`).toBe(
      `BOS${prompt.chatText}${writeChatCompletion(sql)}`,
    );
  });

  test.each([
    [
      'llama3',
      'BOS<|start_header_id|>user<|end_header_id|>\n\nHow many?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    ],
    [
      'qwen',
      '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nHow many?<|im_end|>\n<|im_start|>assistant\n',
    ],
    ['gemma', 'BOS<start_of_turn>user\nHow many?<end_of_turn>\n<start_of_turn>model\n'],
    ['thinking', '<|user|>How many?<|assistant|><think></think>'],
  ] as const)('in the template of %s is what its training saw', (name, expected) => {
    expect(render(templates[name], 'How many?')).toBe(expected);
  });

  test('is never read as a template', () => {
    expect(render(templates.qwen, '{{ messages }} {% endfor %} <|im_end|>')).toContain(
      'user\n{{ messages }} {% endfor %} <|im_end|><|im_end|>',
    );
  });
});

test.each([
  ['is no Jinja', "{{ message['content'] ", /Unexpected end of input/],
  ['raises an exception', "{{ raise_exception('tools only') }}", /tools only/],
  ["leaves the user's words out", '{{ bos_token }}Hello', /not present/],
])('a template that %s is refused, and says why', (_, template, reason) => {
  expect(() => open(template)).toThrow(
    expect.objectContaining({
      code: 'MODEL_INCOMPATIBLE',
      message: expect.stringMatching(/^The chat template of this model fails: /),
      hint: expect.stringMatching(/chat_template/),
    }),
  );
  expect(() => open(template)).toThrow(reason);
});
