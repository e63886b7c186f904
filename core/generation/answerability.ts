import type { DatabaseSchema, NotAnswerable } from '../contract/index.ts';
import type { ValueHint } from '../schema/index.ts';
import { findUnlinkedWords } from './unlinked-words.ts';

/**
 * Questions farther from the schema are not answered. Of the questions of Spider's train databases 2 % are farther
 * from their own, 92 % from another one: see `build/scripts/measure-abstention.ts`, which prints both shares anew.
 */
export const farthestAnswerable = 0.3;

/** Words added as near ones: a short question says less by one strange word, most of all where it names a table. */
const nearWords = 0.3;
const nearWordsWhereNamed = 1;

/** How far a question is from a schema: 0 where all of its content words stand in it, towards 1 where none does. */
export function distanceToSchema(
  schema: DatabaseSchema,
  question: string,
  hints: readonly ValueHint[],
): { distance: number; words: string[] } {
  const { content, distance, unlinked, named } = findUnlinkedWords(schema, question, hints);
  const near = nearWords + (named ? nearWordsWhereNamed : 0);
  return { distance: distance / (content.length + near), words: unlinked };
}

/** Why a question cannot be answered from this schema; undefined where it may be. Needs no model. */
export function judgeAnswerable(
  schema: DatabaseSchema,
  question: string,
  hints: readonly ValueHint[],
): NotAnswerable | undefined {
  const { distance, words } = distanceToSchema(schema, question, hints);
  return distance > farthestAnswerable && words.length > 0 ? { reason: 'words', words } : undefined;
}

const strictChange =
  /^(delete|drop|truncate|insert|update|alter|erase|wipe|revoke|grant)\b(?! date| time| histor)/;
const looseChange =
  /^(remove|add(?! up)|create|change|rename|set|modify|edit)\b.*\b(from|to|table|row|rows|record|records|column|index|user|new|all)\b/;
const asking =
  /^((please|kindly|now|then|can you|could you|would you|will you|i want( you)? to|i would like( you)? to|i'd like( you)? to|let's) )+/;
const talk =
  /^(hi|hello|hey|hallo|good (morning|afternoon|evening|day)|thanks|thank you|thx|bye|goodbye|how are you|who are you|what are you|what can you do|what do you do|help|help me|test|testing|ping|are you there|ok|okay|yes|no)( there| you| so much| very much| me| please| today| everyone)*$/;

/**
 * Whether it is no question for a database: a request to change data, or talk.
 * @param followsUp "remove the first" may then mean the rows on show
 */
export function findOtherIntent(question: string, followsUp: boolean): NotAnswerable | undefined {
  const text = question
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}' ]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const plain = text.replace(asking, '');
  if (strictChange.test(plain) || (!followsUp && looseChange.test(plain)))
    return { reason: 'change', words: [] };
  return talk.test(text) ? { reason: 'talk', words: [] } : undefined;
}

const lists = new Intl.ListFormat('en', { type: 'conjunction' });

/** The answer's words for it, and the next step. */
export function explainNotAnswerable({ reason, words }: NotAnswerable): { message: string; hint: string } {
  switch (reason) {
    case 'words':
      return {
        message: `Not answerable from this schema, because nothing in its tables, columns or values stands for ${lists.format(words.map((word) => `“${word}”`))}.`,
        hint: 'Ask with the words of its tables and columns, or try anyway.',
      };
    case 'unsure':
      return {
        message: 'Not answerable from this schema, because no statement for it was likely enough.',
        hint: 'Say it with the names of tables and columns, or try anyway.',
      };
    case 'change':
      return {
        message:
          'This asks to change data, and the app only reads: it writes and runs SELECT statements, nothing else.',
        hint: 'Ask which rows it would concern, for example “Which customers have no orders?”.',
      };
    case 'talk':
      return {
        message:
          'This is no question about the data. Ask one, and it is answered with a SELECT statement and its rows.',
        hint: 'For example “How many … are there?”, “Which … has the most …?” or “List the … of each …”.',
      };
  }
}
