import { rename, writeFile } from 'node:fs/promises';
import { AppError } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';

export interface ReportFlags {
  out?: string;
  json?: boolean;
}

/** Writes the report where it is wanted, and prints it: as JSON, or as text. */
export async function showReport(
  report: object,
  text: string,
  { out, json }: ReportFlags,
  { console }: CliContext,
): Promise<void> {
  const whole = JSON.stringify(report, null, 2);
  if (out !== undefined) await writeReport(out, `${whole}\n`);
  console.out(json ? whole : text);
}

/** Whole or not at all: a file that is there stays until the new one is. @throws AppError INVALID_INPUT */
export async function writeReport(file: string, content: string): Promise<void> {
  const aside = `${file}.partial`;
  const written = writeFile(aside, content).then(() => rename(aside, file));
  await written.catch((cause: unknown) => {
    throw new AppError('INVALID_INPUT', `The file ${file} cannot be written.`, {
      hint: 'Check its path and rights.',
      cause,
    });
  });
}
