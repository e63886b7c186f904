import type { Answer, AskInput, HistoryEntry, Timings } from '../contract/index.ts';

export interface QuestionHistory {
  /** @returns the new entry's id */
  add(entry: Omit<HistoryEntry, 'id' | 'createdAt'>): string;
}

/** What is written down of one question: how long its parts took, and what became of it. */
export class AskRecord {
  readonly timings: Timings = {
    schemaMs: 0,
    modelMs: 0,
    promptMs: 0,
    generateMs: 0,
    checkMs: 0,
    executeMs: 0,
    totalMs: 0,
  };
  /** The model's name, once it is known. */
  model = '';
  /** Its file or its server's address, with the name. */
  modelPath: string | undefined;
  /** The statement on show, as far as it is written. */
  latestSql = '';
  private readonly started = performance.now();
  private readonly history: QuestionHistory | undefined;
  private readonly input: AskInput;

  constructor(history: QuestionHistory | undefined, input: AskInput) {
    this.history = history;
    this.input = input;
  }

  async time<T>(part: keyof Timings, work: () => Promise<T>): Promise<T> {
    const before = performance.now();
    try {
      return await work();
    } finally {
      this.timings[part] += performance.now() - before;
    }
  }

  /** The timings with the whole. */
  finish(): Timings {
    this.timings.totalMs = performance.now() - this.started;
    return this.timings;
  }

  /** @returns the history's row, where one is kept */
  keep({ outcome, sql, message, result }: Pick<Answer, 'outcome' | 'sql' | 'message' | 'result'>) {
    if (!this.input.remember) return undefined;
    return this.history?.add({
      connectionId: this.input.connectionId,
      question: this.input.question,
      sql,
      outcome,
      ...(message === undefined ? {} : { message }),
      ...(result === undefined ? {} : { rowCount: result.rowCount }),
      model: this.model,
      ...(this.modelPath === undefined ? {} : { modelPath: this.modelPath }),
      timingsMs: this.timings,
    });
  }

  keepCancelled(): void {
    this.finish();
    this.keep({ outcome: 'cancelled', sql: this.latestSql, message: 'The question was cancelled.' });
  }
}
