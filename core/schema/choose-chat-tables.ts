import type { DatabaseSchema, Table } from '../contract/index.ts';
import { viewSchema, type TableView } from '../sql/sketch/index.ts';
import { buildChatPrompt, writeTables } from './build-chat-prompt.ts';
import { rankSchema, selectTables } from './linking/index.ts';
import { splitQuestion } from './question-words.ts';

/** Longest example: BOS, prompt and completion together, in tokens. Nothing is ever cut at it. */
export const maxChatTokens = 2_048;

/** Tokens kept free for the answer and its end. */
export const chatAnswerTokens = 256;

/** Longest prompt, BOS not counted: beyond, tables are chosen, in training and in use alike. */
export const maxChatPromptTokens = maxChatTokens - chatAnswerTokens - 1;

export interface ChatTablesInput {
  schema: DatabaseSchema;
  question: string;
  /** Tables that come first, by name or by the view's word: those of a training example's answer, of values found. */
  needed?: readonly string[] | undefined;
  /** Tokens of a text by the model's own tokenizer. */
  countTokens: (text: string) => number;
  /** Longest prompt in tokens; `maxChatPromptTokens` by default. */
  maxTokens?: number | undefined;
}

/**
 * The tables that a prompt holds, in the schema's order: all of them where they fit, else as many as fit of those that
 * the question links to, with the tables that join them along foreign keys. The best one is kept in any case.
 */
export function chooseChatTables(input: ChatTablesInput): readonly Table[] {
  const { schema, question, needed = [], countTokens, maxTokens = maxChatPromptTokens } = input;
  // A table's lines are tokenized apart from the others': no token spans a line's end. A key into a table that is
  // left out in the end is counted and not written, so that the sum is never too small.
  const costs = new Map(
    schema.tables.map((table) => [table, countTokens(`${writeTables(schema, [table], schema.tables)}\n`)]),
  );
  const costOf = (table: Table) => costs.get(table) ?? 0;
  const frame = countTokens(buildChatPrompt({ schema, question, tables: [] }).chatText);
  const all = schema.tables.reduce((sum, table) => sum + costOf(table), 0);
  if (frame + all <= maxTokens) return schema.tables;
  const view = viewSchema(schema);
  const names = new Set(needed);
  const isNeeded = ({ table, word }: TableView) => names.has(table.name) || names.has(word);
  return selectTables(rankSchema(view, splitQuestion(question)), {
    budget: maxTokens - frame,
    costOf: ({ table }) => costOf(table),
    needed: view.tables.filter(isNeeded).map(({ word }) => word),
  }).map(({ table }) => table);
}
