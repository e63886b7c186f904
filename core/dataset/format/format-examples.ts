import { join } from 'node:path';
import type { DatabaseSchema, Override, ProvenPair, Table } from '../../contract/index.ts';
import {
  buildChatPrompt,
  chatAnswerTokens,
  chatEndText,
  chooseChatTables,
  maxChatTokens,
  writeChatCompletion,
} from '../../schema/index.ts';
import { createTimeSlices } from '../reading/time-slices.ts';
import { createSchemaSource, readProvenPairs } from '../read-source.ts';
import { writeAside } from '../stages/index.ts';
import { writeLines } from '../write-lines.ts';
import { choosePair, indexOverrides } from './choose-pairs.ts';
import { loadTokenCounter, tokenizerInUse, type TokenCounter } from './count-tokens.ts';
import { buildFormatReport, countWhole, type FormatReport } from './format-report.ts';
import { formatReportFile, mistralFiles, type FormattedExample } from './formatted-example.ts';
import { readTables } from './read-tables.ts';

export interface FormatOptions {
  /** Holds pairs.jsonl and postgres_schemas/; gets train_mistral.jsonl, dev_mistral.jsonl, format_report.json. */
  processedDir: string;
  overrides?: readonly Override[] | undefined;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/**
 * Writes Spider's proven pairs as prompts and completions for Mistral: train_spider and train_others into one file,
 * dev into the other, in Spider's order. Every pair is in a file or listed in the report with the reason.
 * The same input gives the same bytes.
 */
export async function formatExamples(options: FormatOptions): Promise<FormatReport> {
  const { processedDir, signal } = options;
  const pairs = await readProvenPairs(processedDir, signal);
  const overrides = indexOverrides(options.overrides ?? [], pairs);
  const rest = createTimeSlices(signal);
  const formatter = createFormatter(createSchemaSource(processedDir), await loadTokenCounter());
  for (const [index, pair] of pairs.entries()) {
    await formatter.add(pair, overrides.get(pair.id));
    await rest();
    if (index % 1000 === 999) options.report?.(`${index + 1}/${pairs.length} examples formatted`);
  }
  const report = buildFormatReport({
    files: { [mistralFiles.train]: formatter.train, [mistralFiles.dev]: formatter.dev },
    leftOut: formatter.leftOut,
    withoutNeededTable: formatter.withoutNeededTable,
    overrides: { applied: [...overrides.keys()].toSorted() },
  });
  await writeLines(join(processedDir, mistralFiles.train), formatter.train, signal);
  await writeLines(join(processedDir, mistralFiles.dev), formatter.dev, signal);
  await writeAside(join(processedDir, formatReportFile), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

function createFormatter(schemaOf: (dbId: string) => Promise<DatabaseSchema>, counter: TokenCounter) {
  const train: FormattedExample[] = [];
  const dev: FormattedExample[] = [];
  const leftOut = new Map<string, string[]>();
  const withoutNeededTable: string[] = [];
  const leave = (id: string, reason: string) =>
    void leftOut.set(reason, [...(leftOut.get(reason) ?? []), id]);
  return {
    train,
    dev,
    leftOut,
    withoutNeededTable,
    async add(pair: ProvenPair, override: Override | undefined): Promise<void> {
      const choice = choosePair(pair, override);
      if ('leftOut' in choice) return leave(pair.id, choice.leftOut);
      const { example, lacksTable } = await formatPair(choice, await schemaOf(pair.dbId), counter);
      if (countWhole(example) > maxChatTokens) return leave(pair.id, 'too long with a single table');
      const isTraining = pair.split !== 'dev';
      if (lacksTable && isTraining) return leave(pair.id, 'too long with the tables that the SQL needs');
      if (lacksTable) withoutNeededTable.push(pair.id);
      (isTraining ? train : dev).push(example);
    },
  };
}

/** What becomes a line: a proven pair, or an example of the user's own. */
export interface FormattedPair {
  pair: Pick<ProvenPair, 'id' | 'dbId' | 'split'>;
  question: string;
  sql: string;
}

/** `lacksTable`: the statement reads a table that the longest prompt has no room for. */
export async function formatPair(
  { pair, question, sql }: FormattedPair,
  schema: DatabaseSchema,
  counter: TokenCounter,
) {
  const completion = writeChatCompletion(sql);
  const completionTokens = countCompletion(completion, counter);
  const input = {
    schema,
    question,
    countTokens: counter.countStart,
    maxTokens: maxChatTokens - tokenizerInUse.bosTokens - Math.max(chatAnswerTokens, completionTokens),
  };
  let tables = chooseChatTables(input);
  let lacksTable = false;
  if (tables.length < schema.tables.length) {
    // What is held out is asked as a user would ask: without looking at the answer.
    const needed = await readTables(sql);
    if (pair.split !== 'dev') tables = chooseChatTables({ ...input, needed });
    lacksTable = !needed.every((name) => tables.some((table) => table.name === name));
  }
  const prompt = buildChatPrompt({ schema, question, tables }).chatText;
  const example: FormattedExample = {
    id: pair.id,
    dbId: pair.dbId,
    prompt,
    completion,
    promptTokens: counter.countStart(prompt),
    completionTokens,
    ...(tables.length < schema.tables.length && { linkedTables: tables.map(nameOf) }),
  };
  return { example, lacksTable };
}

/** Tokens of a completion, its end token as the one that it is. */
export function countCompletion(completion: string, counter: TokenCounter): number {
  const text = completion.endsWith(chatEndText) ? completion.slice(0, -chatEndText.length) : completion;
  return counter.countRest(text) + (text === completion ? 0 : 1);
}

function nameOf(table: Table): string {
  return table.name;
}
