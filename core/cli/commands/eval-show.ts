import { writeFile } from 'node:fs/promises';
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

export async function writeReport(file: string, content: string): Promise<void> {
  await writeFile(file, content).catch((cause: unknown) => {
    throw new AppError('INVALID_INPUT', `The file ${file} cannot be written.`, {
      hint: 'Check its path and rights.',
      cause,
    });
  });
}
