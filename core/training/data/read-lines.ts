import { AppError } from '../../contract/index.ts';
import { readLines } from '../../dataset/reading/read-lines.ts';
import { createTimeSlices } from '../../dataset/reading/time-slices.ts';

export interface ReadLine {
  value: unknown;
  /** From 1. */
  number: number;
}

/** The JSON lines of a file; the event loop gets its turns. @throws AppError DATASET_CORRUPT naming the line */
export async function* readExampleLines(file: string, signal: AbortSignal): AsyncGenerator<ReadLine> {
  const rest = createTimeSlices(signal);
  for await (const { bytes, number } of readLines(file, signal)) {
    yield { value: parse(bytes, file, number), number };
    await rest();
  }
}

function parse(bytes: Buffer, file: string, number: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new AppError('DATASET_CORRUPT', `${file}, line ${number}, is not JSON.`, {
      hint: 'Each line is an object with the texts `prompt` and `completion`.',
      cause,
    });
  }
}
