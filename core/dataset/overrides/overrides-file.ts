import { readFile } from 'node:fs/promises';
import { AppError, overrideSchema } from '../../contract/index.ts';
import type { Override } from '../../contract/index.ts';
import { writeAside } from '../stages/index.ts';
import { compareIds } from '../versions/index.ts';

/**
 * The corrections in a file, one a line, at most one for each example; none where there is no file.
 * @throws AppError DATASET_CORRUPT naming the file and the line
 */
export async function readOverrides(file: string): Promise<Override[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const overrides: Override[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const override = parseLine(line, file, index + 1);
    const earlier = lineOf.get(override.id);
    if (earlier !== undefined)
      throw corrupt(file, index + 1, `corrects ${override.id}, as line ${earlier} does`);
    lineOf.set(override.id, index + 1);
    overrides.push(override);
  }
  return overrides;
}

function parseLine(line: string, file: string, number: number): Override {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw corrupt(file, number, 'is not JSON', error);
  }
  const parsed = overrideSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw corrupt(
      file,
      number,
      `is no override: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
      parsed.error,
    );
  }
  if (parsed.data.question === undefined && parsed.data.sql === undefined) {
    throw corrupt(file, number, 'replaces neither the question nor the SQL');
  }
  return parsed.data;
}

function corrupt(file: string, line: number, what: string, cause?: unknown): AppError {
  return new AppError('DATASET_CORRUPT', `${file}, line ${line}, ${what}.`, {
    hint: 'Correct or delete that line.',
    details: { file, line },
    cause,
  });
}

/** Adds a correction, or puts it in the place of an earlier one for the same example. The dataset is not touched. */
export async function saveOverride(file: string, override: Override): Promise<void> {
  const others = (await readOverrides(file)).filter(({ id }) => id !== override.id);
  await writeOverrides(file, [...others, override]);
}

/** @returns whether there was one */
export async function removeOverride(file: string, id: string): Promise<boolean> {
  const overrides = await readOverrides(file);
  const others = overrides.filter((override) => override.id !== id);
  if (others.length === overrides.length) return false;
  await writeOverrides(file, others);
  return true;
}

async function writeOverrides(file: string, overrides: Override[]): Promise<void> {
  const sorted = overrides.sort((a, b) => compareIds(a.id, b.id));
  await writeAside(file, sorted.map((override) => `${JSON.stringify(override)}\n`).join(''));
}
