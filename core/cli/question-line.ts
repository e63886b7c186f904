import { z } from 'zod';
import { demoNameSchema } from '../contract/index.ts';
import { parseDb } from './arguments.ts';

export type QuestionLine =
  | { id: string | number; question: string; connectionId: string }
  /** The line cannot be asked; it still gets its line in the output. */
  | { id: string | number; problem: string };

const lineSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  question: z.string().trim().min(1),
  db: z.string().optional(),
});

const idSchema = z.looseObject({ id: z.union([z.string(), z.number()]) });

/**
 * Reads one line of a questions file.
 * @param lineNumber from 1; a line without an id is called `line-N`, which numbers of other lines cannot collide with
 * @param defaultDb connection id for lines without their own `db`
 */
export function readQuestion(text: string, lineNumber: number, defaultDb: string | undefined): QuestionLine {
  const json = parseJson(text);
  const ownId = `line-${lineNumber}`;
  if (json === undefined) return { id: ownId, problem: `Line ${lineNumber} is not JSON.` };
  const id = idSchema.safeParse(json).data?.id ?? ownId;
  const line = lineSchema.safeParse(json);
  if (!line.success) {
    const place = line.error.issues[0]?.path.join('.') || 'question';
    return { id, problem: `Line ${lineNumber} has no usable ${place}: it needs {"id", "question", "db"?}.` };
  }
  const { question, db } = line.data;
  const connectionId = db === undefined ? defaultDb : resolveDb(db, defaultDb);
  if (connectionId === undefined) {
    return {
      id,
      problem: `Line ${lineNumber} names no database that can be used: give --db, or a URL as its db.`,
    };
  }
  return { id, question, connectionId };
}

/** A URL, `demo:NAME`, or the bare name of another database on the server of `--db`. */
function resolveDb(db: string, defaultDb: string | undefined): string | undefined {
  if (/^(postgres(ql)?:\/\/|demo:)/.test(db)) return tryParseDb(db);
  if (defaultDb?.startsWith('demo:')) return demoNameSchema.safeParse(db).success ? `demo:${db}` : undefined;
  const url = defaultDb?.startsWith('url:') ? URL.parse(defaultDb.slice('url:'.length)) : null;
  if (!url) return undefined;
  url.pathname = `/${encodeURIComponent(db)}`;
  return `url:${url.href}`;
}

function tryParseDb(db: string): string | undefined {
  try {
    return parseDb(db);
  } catch {
    return undefined;
  }
}

/** Such a line asks nothing: editors leave one at the end of a file. */
export function isBlank(text: string): boolean {
  // trim takes a byte order mark for white space, too.
  return text.trim() === '';
}

function parseJson(text: string): unknown {
  try {
    // A byte order mark is what some editors put before the first line.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
