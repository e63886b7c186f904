/**
 * The only place where the prompt of models that write SQL as text (Mistral) is built, for training data and for
 * inference alike. build-prompt.ts holds the starter model's compact form.
 */
import type { Column, DatabaseSchema, ForeignKey, Table, Turn } from '../contract/index.ts';
import { quoteIdentifier } from '../sql/identifiers.ts';

export interface ChatPromptInput {
  schema: DatabaseSchema;
  question: string;
  /** Tables that the prompt holds, in its order; all of the schema's by default. */
  tables?: readonly Table[] | undefined;
  /** Earlier turns of the conversation, oldest first. */
  previous?: readonly Turn[] | undefined;
  /** What was written for this question before, and was refused. */
  failed?: FailedStatement | undefined;
}

export interface FailedStatement {
  sql: string;
  /** PostgreSQL's own. */
  message: string;
}

export interface ChatPrompt {
  /** What the user's turn says: the runtime hands it to the template of the model's file. */
  text: string;
  /** The same turn in Mistral's chat format, as a line of training data holds it; the tokenizer adds BOS itself. */
  chatText: string;
}

const instruction = 'Write one PostgreSQL query that answers the question, using only these tables.';

/**
 * Mistral's end-of-sequence token, in its vocabulary's spelling. In a completion it stands for that one token: a
 * consumer tokenizes what precedes it as text and appends the token's id, or uses a tokenizer that reads special
 * tokens. Learned as text it would never stop a model.
 */
export const chatEndText = '</s>';

/**
 * Instruction, `CREATE TABLE` statements without a row of data, earlier turns, question, and the statement that failed. The
 * schema comes first, so that what is the same for many questions of one database is a common beginning of their prompts.
 * Training data has neither earlier turns nor failed statements: without them the prompt is the one of training.
 */
export function buildChatPrompt(input: ChatPromptInput): ChatPrompt {
  const { schema, tables = schema.tables, previous = [], failed } = input;
  const parts = [
    instruction,
    writeTables(schema, tables),
    ...previous.map((turn) => `Earlier question: ${oneLine(turn.question)}\nIts query: ${turn.sql.trim()}`),
    `Question: ${oneLine(input.question)}`,
    ...(failed === undefined ? [] : [writeFailed(failed)]),
  ];
  const text = parts.join('\n\n');
  return { text, chatText: `[INST] ${text} [/INST]` };
}

function writeFailed({ sql, message }: FailedStatement): string {
  return `This query failed: ${sql.trim()}\nPostgreSQL says: ${oneLine(message)}\nWrite the corrected query.`;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

/**
 * What follows `chatText`: a space, the statement, the end. Prompt and completion are tokenized as one text, or the
 * completion without a further leading space; both give the same tokens, since none spans `]` and a space.
 */
export function writeChatCompletion(sql: string): string {
  return ` ${sql}${chatEndText}`;
}

/** A table's name as a statement may write it: qualified only where the search path does not find it. */
function writeTableName(schema: DatabaseSchema, namespace: string, name: string): string {
  const isFound = schema.searchPath.includes(namespace);
  return isFound ? quoteIdentifier(name) : `${quoteIdentifier(namespace)}.${quoteIdentifier(name)}`;
}

/** The schema's part of the prompt: one `CREATE TABLE` after another, with the keys into tables of `targets`. */
export function writeTables(
  schema: DatabaseSchema,
  tables: readonly Table[] = schema.tables,
  targets: readonly Table[] = tables,
): string {
  const shown = new Set(targets.map((table) => keyOf(table.namespace, table.name)));
  return tables.map((table) => writeTable(schema, table, shown)).join('\n');
}

function writeTable(schema: DatabaseSchema, table: Table, shown: ReadonlySet<string>): string {
  // A key into a table that the prompt leaves out would invite a join that cannot be written.
  const keys = table.foreignKeys.filter((key) => shown.has(keyOf(key.targetNamespace, key.targetTable)));
  const lines = [
    ...table.columns.map((column) => writeColumn(schema, table, column, keys)),
    ...(table.primaryKey.length > 1 ? [`PRIMARY KEY ${writeNames(table.primaryKey)}`] : []),
    ...keys
      .filter((key) => !isInline(key, keys))
      .map((key) => `FOREIGN KEY ${writeNames(key.columns)} ${writeTarget(schema, key)}`),
  ];
  const name = writeTableName(schema, table.namespace, table.name);
  return `CREATE TABLE ${name} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n);`;
}

function writeColumn(schema: DatabaseSchema, table: Table, column: Column, keys: readonly ForeignKey[]) {
  const isKey = table.primaryKey.includes(column.name);
  const key = keys.find((each) => each.columns[0] === column.name && isInline(each, keys));
  const parts = [
    quoteIdentifier(column.name),
    ...writeType(column),
    ...(isKey && table.primaryKey.length === 1 ? ['PRIMARY KEY'] : []),
    ...(column.nullable || isKey ? [] : ['NOT NULL']),
    ...(key === undefined ? [] : [writeTarget(schema, key)]),
  ];
  return parts.join(' ');
}

/** A column's first key of one column stands behind the column; others stand below. */
function isInline(key: ForeignKey, keys: readonly ForeignKey[]): boolean {
  return (
    key.columns.length === 1 &&
    keys.find((each) => each.columns.length === 1 && each.columns[0] === key.columns[0]) === key
  );
}

function writeTarget(schema: DatabaseSchema, key: ForeignKey): string {
  const name = writeTableName(schema, key.targetNamespace, key.targetTable);
  return `REFERENCES ${name} ${writeNames(key.targetColumns)}`;
}

function writeNames(names: readonly string[]): string {
  return `(${names.map((name) => quoteIdentifier(name)).join(', ')})`;
}

/** Longest list of an enum type's labels that a prompt holds. */
const maxEnumLabels = 30;

/** The type in PostgreSQL's own short names, and an enum's labels: part of the schema, and its type says nothing. */
function writeType({ name, type, enumLabels = [] }: Column): string[] {
  const short = type
    .replace(/^character varying/, 'varchar')
    .replace(/^character\b/, 'char')
    .replace(/^(timestamp|time)(\(\d+\))? without time zone/, '$1$2')
    .replace(/^(timestamp|time)(\(\d+\))? with time zone/, '$1tz$2');
  if (enumLabels.length === 0 || enumLabels.length > maxEnumLabels) return [short];
  return [short, `CHECK (${quoteIdentifier(name)} IN (${enumLabels.map(quoteText).join(', ')}))`];
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}\0${name}`;
}
