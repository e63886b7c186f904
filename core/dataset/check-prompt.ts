import type { DatabaseSchema, DatasetExample } from '../contract/index.ts';
import { buildChatPrompt, chatEndText, maxChatTokens, writeChatCompletion } from '../schema/index.ts';
import type { TokenCounter } from './format/count-tokens.ts';
import { countCompletion } from './format/format-examples.ts';
import { countWhole } from './format/format-report.ts';

/** Words that DDL is made of, besides names and types. */
const ddlWords = new Set('create table primary key not null foreign references check in'.split(' '));

/** How the prompt shortens what format_type prints. */
const shortTypes = ['varchar', 'char', 'timestamptz', 'timetz'];

/** What is wrong with the text of one example, in clauses: nothing, where all is well. */
export function checkPrompt(
  example: DatasetExample,
  schema: DatabaseSchema,
  counter: TokenCounter,
): string[] {
  const { prompt, completion, question, sql, linkedTables } = example;
  const tables = schema.tables.filter((table) => linkedTables?.includes(table.name) ?? true);
  const checks: [boolean, string][] = [
    [
      prompt === buildChatPrompt({ schema, question, tables }).chatText,
      'its prompt is not what a model is asked',
    ],
    [completion === writeChatCompletion(sql), 'its completion is not its SQL and the end'],
    [
      completion.indexOf(chatEndText) === completion.length - chatEndText.length,
      'its completion lacks its one end',
    ],
    [!prompt.includes('<s>') && !prompt.includes(chatEndText), 'its prompt spells a control token out'],
    [!/\bINSERT\b|\bVALUES\s*\(/.test(schemaPart(prompt)), 'its prompt inserts rows'],
    [counter.countStart(prompt) === example.promptTokens, 'its prompt has another number of tokens'],
    [
      countCompletion(completion, counter) === example.completionTokens,
      'its completion has another number of tokens',
    ],
    [countWhole(example) <= maxChatTokens, `it is longer than ${maxChatTokens} tokens`],
  ];
  const strange = findForeignWords(schemaPart(prompt), schema);
  return [
    ...checks.flatMap(([isFine, problem]) => (isFine ? [] : [problem])),
    ...(strange.length > 0 ? [`its schema holds what is no name: ${strange.slice(0, 3).join(', ')}`] : []),
  ];
}

function schemaPart(prompt: string): string {
  return prompt.slice(prompt.indexOf('CREATE TABLE'), prompt.lastIndexOf('\n\nQuestion: '));
}

const vocabularies = new WeakMap<DatabaseSchema, ReadonlySet<string>>();

/**
 * Words of a schema's text that are neither a name of that schema nor DDL: a value of a row would be one of them.
 * Names in quotes count whole, numbers belong to types.
 */
function findForeignWords(text: string, schema: DatabaseSchema): string[] {
  const known = vocabularies.get(schema) ?? readVocabulary(schema);
  vocabularies.set(schema, known);
  const words = text.match(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return words.filter((word) => !known.has(word) && !ddlWords.has(word.toLowerCase()));
}

function readVocabulary(schema: DatabaseSchema): ReadonlySet<string> {
  const columns = schema.tables.flatMap((table) => table.columns);
  const names = [...schema.tables, ...columns].map(({ name }) => name);
  return new Set([
    ...names.flatMap((name) => [name, `"${name.replaceAll('"', '""')}"`]),
    ...columns.flatMap(({ type }) => type.match(/[\p{L}_]+/gu) ?? []),
    ...columns.flatMap(({ enumLabels = [] }) =>
      enumLabels.map((label) => `'${label.replaceAll("'", "''")}'`),
    ),
    ...shortTypes,
  ]);
}
