import { readFile } from 'node:fs/promises';
import { AppError } from '../../contract/index.ts';
import type { Override } from '../../contract/index.ts';
import { writeAside } from '../stages/index.ts';
import { compareIds } from '../versions/index.ts';
import { parseOverride } from './parse-override.ts';

/**
 * The corrections in a file, one a line, at most one for each example; none where there is no file.
 * @throws AppError DATASET_CORRUPT naming the file and the line
 */
export async function readOverrides(file: string): Promise<Override[]> {
  return (await readPlacedOverrides(file)).map(({ override }) => override);
}

/** A correction and its line in the file, from 1. */
export interface PlacedOverride {
  override: Override;
  line: number;
}

/** As `readOverrides`, with the lines, for those who find something else wrong. */
export async function readPlacedOverrides(file: string): Promise<PlacedOverride[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const placed: PlacedOverride[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const override = parseLine(line, file, index + 1);
    const earlier = lineOf.get(override.id);
    if (earlier !== undefined)
      throw corrupt(file, index + 1, `corrects ${override.id}, as line ${earlier} does`);
    lineOf.set(override.id, index + 1);
    placed.push({ override, line: index + 1 });
  }
  return placed;
}

function parseLine(line: string, file: string, number: number): Override {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw corrupt(file, number, 'is not JSON', error);
  }
  const parsed = parseOverride(value);
  if ('fault' in parsed) throw corrupt(file, number, parsed.fault);
  return parsed.override;
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

/** Replaces the whole file, sorted by id. */
export async function writeOverrides(file: string, overrides: readonly Override[]): Promise<void> {
  const sorted = overrides.toSorted((a, b) => compareIds(a.id, b.id));
  await writeAside(file, sorted.map((override) => `${JSON.stringify(override)}\n`).join(''));
}
