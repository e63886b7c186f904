import type { DatabaseSchema, ModelInfo, VerifiedExample } from '../../contract/index.ts';
import { buildPointerPrompt, maxChatTokens, type ValueHint } from '../../schema/index.ts';
import { expandSketch, viewSchema } from '../../sql/sketch/index.ts';
import { loadTokenCounter } from '../format/index.ts';
import { formatPair } from '../format/format-examples.ts';
import { countWhole } from '../format/format-report.ts';
import { NoSketchError, sketchFromSql } from '../sketch-from-sql.ts';
import { pointWords } from '../training-example.ts';

/** A verified example as a trainer's line; `id`, `question` and `sql` travel along. */
export interface WrittenExample {
  id: string;
  question: string;
  sql: string;
  prompt: string;
  completion: string;
}

export interface LeftOutExample {
  id: string;
  question: string;
  sql: string;
  /** In a few words: `a value that the question does not name`. */
  reason: string;
}

export interface WrittenExamples {
  lines: WrittenExample[];
  /** What cannot be written in this form, or would not fit. */
  leftOut: LeftOutExample[];
}

export interface WriteExamplesDeps {
  /** The database's schema as it is now. */
  schema: DatabaseSchema;
  /** Stored values that a question names, as they are looked up where it is asked. */
  readHints(question: string): Promise<readonly ValueHint[]>;
  /**
   * Whether two statements give the same rows: what a sketch makes of a statement is not taught unless it does.
   * @param expanded of a sketch
   */
  isSame(sql: string, expanded: string): Promise<boolean>;
}

type Written = Pick<WrittenExample, 'prompt' | 'completion'> | string;

/**
 * Verified examples as lines for a base that writes sketches or SQL: the prompt as the app builds it where the question
 * is asked. The same examples and schema give the same lines.
 */
export async function writeExamples(
  examples: readonly VerifiedExample[],
  targetForm: ModelInfo['targetForm'],
  deps: WriteExamplesDeps,
): Promise<WrittenExamples> {
  const write = targetForm === 'sketch' ? createSketchWriter(deps) : await createSqlWriter(deps);
  const found: WrittenExamples = { lines: [], leftOut: [] };
  const oldestFirst = examples.toSorted(
    (a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id),
  );
  for (const { id, question, sql } of oldestFirst) {
    const written = await write({ id, question, sql });
    if (typeof written === 'string') found.leftOut.push({ id, question, sql, reason: written });
    else found.lines.push({ id, question, sql, ...written });
  }
  return found;
}

type Writer = (example: Pick<VerifiedExample, 'id' | 'question' | 'sql'>) => Promise<Written>;

function createSketchWriter({ schema, readHints, isSame }: WriteExamplesDeps): Writer {
  const view = viewSchema(schema);
  return async ({ question, sql }) => {
    try {
      const sketch = await sketchFromSql(sql, view);
      const prompt = buildPointerPrompt({ view, question, hints: await readHints(question) });
      const words = pointWords(view, prompt, sketch);
      if (typeof words === 'string') return words;
      const expanded = expandSketch(words, prompt.view, prompt.values);
      if (!(await isSame(sql, expanded))) return 'its short form gives other rows';
      // The space keeps the completion's first word from growing together with the prompt's last.
      return { prompt: prompt.text, completion: ` ${words.join(' ')}` };
    } catch (error) {
      if (error instanceof NoSketchError) return error.message;
      throw error;
    }
  };
}

async function createSqlWriter({ schema }: WriteExamplesDeps): Promise<Writer> {
  const counter = await loadTokenCounter();
  return async ({ id, question, sql }) => {
    const pair = { id, dbId: schema.database, split: 'train_others' as const };
    const { example, lacksTable } = await formatPair({ pair, question, sql }, schema, counter);
    if (lacksTable || countWhole(example) > maxChatTokens) return 'its tables do not fit the longest prompt';
    return { prompt: example.prompt, completion: example.completion };
  };
}
