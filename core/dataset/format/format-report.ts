import { chatAnswerTokens, maxChatTokens } from '../../schema/index.ts';
import { tokenizerInUse } from './count-tokens.ts';
import type { FormattedExample } from './formatted-example.ts';

/** Nearest-rank percentiles over the examples of a file, in tokens. */
export interface TokenStatistics {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface FileReport {
  examples: number;
  databases: number;
  /** Examples whose schema was cut down to some of its tables. */
  linkedDown: number;
  tokens: {
    prompt: TokenStatistics;
    completion: TokenStatistics;
    /** BOS, prompt and completion. */
    whole: TokenStatistics;
  };
}

export interface FormatReport {
  tokenizer: string;
  maxTokens: number;
  tokensKeptForTheAnswer: number;
  /** Examples over `maxTokens`: always 0, since what cannot be made to fit is left out and listed. */
  cutOff: number;
  files: Record<string, FileReport>;
  linkedDown: {
    byDatabase: Record<string, number>;
    /** Held-out examples whose cut schema lacks a table of the gold SQL: their tables follow the question alone. */
    withoutNeededTable: string[];
  };
  leftOut: Record<string, { count: number; ids: string[] }>;
  /** Ids. An override without an example stops the stage. */
  overrides: { applied: string[] };
}

export interface FormatOutcome {
  files: Record<string, readonly FormattedExample[]>;
  leftOut: ReadonlyMap<string, readonly string[]>;
  withoutNeededTable: readonly string[];
  overrides: { applied: string[] };
}

export function buildFormatReport({ files, leftOut, ...rest }: FormatOutcome): FormatReport {
  const all = Object.values(files).flat();
  const linked = all.filter((example) => example.linkedTables !== undefined);
  return {
    tokenizer: tokenizerInUse.name,
    maxTokens: maxChatTokens,
    tokensKeptForTheAnswer: chatAnswerTokens,
    cutOff: all.filter((example) => countWhole(example) > maxChatTokens).length,
    files: Object.fromEntries(Object.entries(files).map(([name, examples]) => [name, reportFile(examples)])),
    linkedDown: {
      byDatabase: countBy(linked.map((example) => example.dbId)),
      withoutNeededTable: [...rest.withoutNeededTable],
    },
    leftOut: Object.fromEntries(
      [...leftOut].toSorted(byKey).map(([reason, ids]) => [reason, { count: ids.length, ids: [...ids] }]),
    ),
    overrides: rest.overrides,
  };
}

function reportFile(examples: readonly FormattedExample[]): FileReport {
  return {
    examples: examples.length,
    databases: new Set(examples.map((example) => example.dbId)).size,
    linkedDown: examples.filter((example) => example.linkedTables !== undefined).length,
    tokens: {
      prompt: describeCounts(examples.map((example) => example.promptTokens)),
      completion: describeCounts(examples.map((example) => example.completionTokens)),
      whole: describeCounts(examples.map(countWhole)),
    },
  };
}

/** Tokens of a whole example: BOS, prompt, completion. */
export function countWhole(example: Pick<FormattedExample, 'promptTokens' | 'completionTokens'>): number {
  return tokenizerInUse.bosTokens + example.promptTokens + example.completionTokens;
}

function describeCounts(counts: readonly number[]): TokenStatistics {
  const sorted = counts.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** How often each name occurs, sorted by name. */
export function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(byKey));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
