import type { DemoQuestion } from '../../contract/demo.ts';

/** A question as written; its id follows from its place. */
export type QuestionDraft = Omit<DemoQuestion, 'id'>;

/** A question whose answer is a set of rows: their order does not matter. */
export function unordered(
  hardness: QuestionDraft['hardness'],
  question: string,
  goldSql: string,
): QuestionDraft {
  return { question, goldSql: goldSql.trim(), hardness, ordered: false };
}

/** A question that asks for an order. */
export function ordered(
  hardness: QuestionDraft['hardness'],
  question: string,
  goldSql: string,
): QuestionDraft {
  return { question, goldSql: goldSql.trim(), hardness, ordered: true };
}
