export {
  buildChatPrompt,
  chatEndText,
  writeChatCompletion,
  type ChatPrompt,
  type ChatPromptInput,
} from './build-chat-prompt.ts';
export { buildPrompt, type Prompt, type PromptInput } from './build-prompt.ts';
export {
  chatAnswerTokens,
  chooseChatTables,
  maxChatPromptTokens,
  maxChatTokens,
  type ChatTablesInput,
} from './choose-chat-tables.ts';
export { findHints, type ValueHint, type ValueSample } from './find-hints.ts';
export { createSchemaHandlers } from './handlers.ts';
export { introspectSchema } from './introspect.ts';
export { splitQuestion } from './question-words.ts';
export { readHints } from './read-hints.ts';
export { readValueSamples } from './read-value-samples.ts';
export { createSchemaReader, type SchemaReader } from './schema-reader.ts';
