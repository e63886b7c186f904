import type { DatabaseSchema, Table, Turn } from '../contract/index.ts';
import type { FailedStatement } from '../schema/build-chat-prompt.ts';
import type { ValueHint } from '../schema/find-hints.ts';
import type { LanguageModel } from './runtime/index.ts';

export interface GenerateInput {
  model: LanguageModel;
  schema: DatabaseSchema;
  question: string;
  hints: readonly ValueHint[];
  /** Tables that the prompt holds before all others, as far as they fit; by the words of the schema's view. */
  needed?: readonly string[] | undefined;
  /** How many statements to write at most; the consumer may leave earlier. */
  maxCandidates: number;
  /**
   * `voted`: the most probable texts that the constraint allows, found by search; `constrained`: the same, each choice greedy;
   * `greedy`: the model's own text, without constraint. Defaults to `voted`.
   */
  decoding?: 'voted' | 'constrained' | 'greedy' | undefined;
  /** Earlier turns, oldest first. Only models that write SQL as text read them. */
  previous?: readonly Turn[] | undefined;
  /** A statement for this question that PostgreSQL refused, and why; likewise. */
  failed?: FailedStatement | undefined;
  signal: AbortSignal;
}

/** A statement that the model wrote, not checked yet. */
export interface WrittenCandidate {
  sql: string;
  logProb: number;
  /** False where the model found no end: the statement is as far as it came. */
  finished: boolean;
  /** Tokens written, and the milliseconds that took. */
  tokenCount: number;
  ms: number;
}

export type GenerationEvent =
  | {
      kind: 'prompt';
      text: string;
      tokenCount: number;
      reusedTokens: number;
      promptMs: number;
      /** The tables that the prompt holds. */
      tables: readonly Table[];
    }
  /** The first candidate as far as it is written. */
  | { kind: 'sql'; sql: string }
  | { kind: 'candidate'; candidate: WrittenCandidate };
