export {
  buildChatPrompt,
  chatEndText,
  writeChatCompletion,
  type ChatPrompt,
  type ChatPromptInput,
} from './build-chat-prompt.ts';
export {
  chatAnswerTokens,
  chooseChatTables,
  maxChatPromptTokens,
  maxChatTokens,
  type ChatTablesInput,
} from './choose-chat-tables.ts';
export { fingerprintSchema } from './fingerprint-schema.ts';
export type { ValueHint, ValueSample } from './find-hints.ts';
export { createSchemaHandlers } from './handlers.ts';
export { introspectSchema } from './introspect.ts';
export { findLeftOutTable, includedWords, narrowHints, narrowSchema, tableNameOf } from './narrow-schema.ts';
export { buildPointerPrompt, type PointerPrompt, type PointerPromptInput } from './pointer-prompt.ts';
export { splitQuestion } from './question-words.ts';
export { readHints } from './read-hints.ts';
export { readValueSamples } from './read-value-samples.ts';
export { createSchemaReader, type SchemaReader } from './schema-reader.ts';
export {
  createValueIndexes,
  type ValueChoice,
  type ValueIndexes,
} from './value-index/create-value-indexes.ts';
export { createValueFiles } from './value-index/stored-values.ts';
