import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { AppError } from '../contract/errors.ts';
import { describeFileError } from './file-errors.ts';
import { downloadAgainHint, importCommand } from './manual-steps.ts';

/**
 * One of a release's JSON files. UTF-8 and UTF-16 are read, with and without a byte order mark; other encodings are
 * refused, because guessing one would change questions silently.
 * @param what what the file should be, for the message: `a list of examples`
 * @throws AppError DATASET_MISSING, DATASET_CORRUPT or PERMISSION_DENIED, naming the file.
 */
export async function readJsonFile<T>(path: string, schema: z.ZodType<T>, what: string): Promise<T> {
  const value = schema.safeParse(parseJson(path, decodeText(path, await readBytes(path))));
  if (value.success) return value.data;
  throw new AppError('DATASET_CORRUPT', `${path} is not ${what}: ${firstIssue(value.error)}`, {
    hint: downloadAgainHint,
  });
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw describeFileError(error, path);
    throw new AppError('DATASET_MISSING', `Spider's file ${path} is missing.`, {
      hint: `Run \`${importCommand} FILE\` with a complete spider.zip.`,
      cause: error,
    });
  }
}

function decodeText(path: string, bytes: Buffer): string {
  const encoding = encodingOf(bytes);
  try {
    // The decoder itself drops the byte order mark.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const before = new TextDecoder(encoding).decode(bytes).split('\uFFFD', 1)[0] ?? '';
    const line = before.split('\n').length;
    throw new AppError(
      'DATASET_CORRUPT',
      `${path} is not valid ${encoding.toUpperCase()} near line ${line}.`,
      {
        hint: `Save it as UTF-8 (for example \`iconv -f LATIN1 -t UTF-8\`), or take the original. ${downloadAgainHint}`,
        cause: error,
      },
    );
  }
}

/** JSON begins with an ASCII character, so a zero among the first two bytes tells UTF-16 without a mark. */
function encodingOf(bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || second === 0) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || first === 0) return 'utf-16be';
  return 'utf-8';
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('DATASET_CORRUPT', `${path} is not valid JSON, perhaps cut short: ${reason}`, {
      hint: downloadAgainHint,
      cause: error,
    });
  }
}

/** One issue is enough: a wrong file has thousands of the same. */
function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  const place = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
  return `${issue?.message ?? 'unknown'}${place} (${error.issues.length} in all)`;
}
