import { readFile } from 'node:fs/promises';
import { type z } from 'zod';
import { AppError } from '../../contract/index.ts';

/** A file of the dataset for messages: which one, and the command that makes it. */
export interface SourceFile {
  path: string;
  /** `convert` for `npm run -s sqlcodegen -- data convert`. */
  stage: string;
}

/** @throws AppError DATASET_CORRUPT, naming the file, the line and the cure. */
export function parseRecord<T extends z.ZodType>(
  schema: T,
  text: string,
  source: SourceFile,
  line?: number,
): z.output<T> {
  const parsed = schema.safeParse(parseJson(text, source, line));
  if (parsed.success) return parsed.data;
  throw corrupt(source, line, `is not what it should be: ${describeIssue(parsed.error)}`, parsed.error);
}

/** A JSON file, or undefined where there is none. @throws AppError DATASET_CORRUPT */
export async function readJsonFile<T extends z.ZodType>(
  schema: T,
  source: SourceFile,
): Promise<z.output<T> | undefined> {
  const text = await unlessMissing(readFile(source.path, 'utf8'));
  return text === undefined ? undefined : parseRecord(schema, text, source);
}

/** What a missing file leaves is undefined; every other failure stays one. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseJson(text: string, source: SourceFile, line: number | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw corrupt(source, line, `is not JSON, perhaps cut short: ${reason}`, error);
  }
}

function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = issue?.path.join('.') ?? '';
  return `${place === '' ? '' : `${place}: `}${issue?.message ?? 'unknown'}`;
}

function corrupt(source: SourceFile, line: number | undefined, what: string, cause: unknown): AppError {
  const place = line === undefined ? source.path : `${source.path}, line ${line},`;
  return new AppError('DATASET_CORRUPT', `${place} ${what}.`, {
    hint: `Run \`npm run -s sqlcodegen -- data ${source.stage}\`: it makes a damaged file again.`,
    details: { file: source.path, ...(line === undefined ? {} : { line }) },
    cause,
  });
}
