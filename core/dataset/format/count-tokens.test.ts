import tokenizer from 'mistral-tokenizer-js';
import { describe, expect, test } from 'vitest';
import { buildChatPrompt, writeChatCompletion } from '../../schema/index.ts';
import { shopSchema } from '../../sql/sketch/testing/shop-schema.ts';
import { readSpiderJson, readSpiderNames, spiderMissing } from '../testing/spider-zip.ts';
import { loadTokenCounter } from './count-tokens.ts';

const counter = await loadTokenCounter();
const countWhole = (text: string, isStart = true) => tokenizer.encode(text, false, isStart).length;

describe('counting line by line', () => {
  test('no piece of the vocabulary holds a line feed, but the one that is one', () => {
    expect(tokenizer.vocabById).toHaveLength(32_000);
    expect(tokenizer.vocabById.filter((piece) => piece.includes('\n'))).toEqual([]);
    expect(tokenizer.encode('\n', false, false)).toEqual([tokenizer.vocabById.indexOf('<0x0A>')]);
  });

  test.each([
    'a',
    'two\nlines',
    '\n\n',
    '\n  indented\n\n\tand a tab \n',
    ' leading space\n trailing space \n',
    'größe 北京 🦙\n▁ odd',
  ])('%j', (text) => {
    expect(counter.countStart(text)).toBe(countWhole(text));
    expect(counter.countRest(text)).toBe(countWhole(text, false));
  });

  test('a prompt and its completion have the tokens of both together', () => {
    const { chatText } = buildChatPrompt({ schema: shopSchema, question: "Who's in “Rome”?" });
    const completion = writeChatCompletion('SELECT name FROM client').replace('</s>', '');
    expect(counter.countStart(chatText) + counter.countRest(completion)).toBe(
      countWhole(chatText + completion),
    );
  });
});

test.skipIf(spiderMissing !== '')(
  `a prompt of each of Spider's databases has as many tokens in lines as in one piece${spiderMissing}`,
  async () => {
    const schemas = await readSpiderNames();
    const records = (
      await Promise.all(
        ['train_spider', 'train_others', 'dev'].map((split) => readSpiderJson(`${split}.json`)),
      )
    ).flat() as { db_id: string; question: string; query: string }[];
    const one = new Map(records.map((record) => [record.db_id, record]));
    expect(one.size).toBe(166);
    for (const { db_id, question, query } of one.values()) {
      const schema = schemas.get(db_id);
      if (schema === undefined) throw new Error(`There is no schema of ${db_id}.`);
      const { chatText } = buildChatPrompt({ schema, question });
      expect(counter.countStart(chatText), db_id).toBe(countWhole(chatText));
      expect(counter.countStart(chatText) + counter.countRest(` ${query}`), db_id).toBe(
        countWhole(`${chatText} ${query}`),
      );
    }
  },
);
