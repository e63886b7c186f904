import type { SchemaView } from '../../sql/sketch/schema-view.ts';
import type { ValueHint } from '../find-hints.ts';
import { splitQuestion } from '../question-words.ts';
import { rankSchema } from './rank-schema.ts';

/** A question with what its answer reads, by the view's words. */
export interface LinkedQuestion {
  id: string;
  view: SchemaView;
  question: string;
  hints: readonly ValueHint[];
  tables: readonly string[];
  /** `table.column`; empty where only tables are known. */
  columns: readonly string[];
}

export interface RecallReport {
  questions: number;
  /** Recall by rank: the mean over questions of the share of what is needed among the first k. */
  tables: Record<string, number>;
  columns?: Record<string, number>;
  /** Share of questions that find every needed table within the greatest k. */
  complete: number;
  /** Milliseconds for what is made once for all schemas together: the lexicon, and the index of each one's names. */
  prepareMs: number;
  /** Milliseconds of a question's ranking. */
  medianMs: number;
  slowestMs: number;
  /** Ids of the questions that miss a table within the greatest k. */
  missed: string[];
}

/** Ranks each question's schema and counts what is needed among the first of `ranks`, ascending. */
export function measureRecall(questions: readonly LinkedQuestion[], ranks: readonly number[]): RecallReport {
  const before = performance.now();
  for (const view of new Set(questions.map((each) => each.view))) rankSchema(view, ['names']);
  const prepareMs = performance.now() - before;
  const results = questions.map((each) => {
    const words = splitQuestion(each.question);
    const started = performance.now();
    const ranking = rankSchema(each.view, words, { hints: each.hints });
    const ms = performance.now() - started;
    const tables = ranking.tables.map(({ table }) => table.word);
    const columns = ranking.columns.map(({ table, column }) => `${table.word}.${column.word}`);
    return { each, ms, tables, columns };
  });
  const last = ranks.at(-1) ?? 0;
  const withColumns = results.filter(({ each }) => each.columns.length > 0);
  const missed = results.filter(({ each, tables }) => shareFound(tables, each.tables, last) < 1);
  const times = results.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return {
    questions: results.length,
    tables: byRank(ranks, (k) => mean(results.map(({ each, tables }) => shareFound(tables, each.tables, k)))),
    ...(withColumns.length > 0 && {
      columns: byRank(ranks, (k) =>
        mean(withColumns.map(({ each, columns }) => shareFound(columns, each.columns, k))),
      ),
    }),
    complete: 1 - missed.length / Math.max(1, results.length),
    prepareMs,
    medianMs: times[times.length >> 1] ?? 0,
    slowestMs: times.at(-1) ?? 0,
    missed: missed.map(({ each }) => each.id),
  };
}

function shareFound(ranked: readonly string[], needed: readonly string[], count: number): number {
  const first = new Set(ranked.slice(0, count));
  return needed.filter((name) => first.has(name)).length / Math.max(1, needed.length);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function byRank(ranks: readonly number[], valueOf: (rank: number) => number): Record<string, number> {
  return Object.fromEntries(ranks.map((rank) => [String(rank), valueOf(rank)]));
}
