import type { z } from 'zod';
import { parseRecord, unlessMissing, type SourceFile } from './parse-file.ts';
import { readLines } from './read-lines.ts';
import { createTimeSlices } from './time-slices.ts';

export interface RecordPlace {
  /** In bytes. */
  start: number;
  length: number;
}

/**
 * Hands over the records of a JSON-lines file one by one, leaving the event loop its turns.
 * @returns whether the file is there. @throws AppError DATASET_CORRUPT, naming the line
 */
export async function eachRecord<T extends z.ZodType>(
  schema: T,
  source: SourceFile,
  take: (record: z.output<T>, place: RecordPlace) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<boolean> {
  const rest = createTimeSlices(signal);
  const work = async (): Promise<true> => {
    for await (const { bytes, number, start } of readLines(source.path, signal)) {
      const record = parseRecord(schema, bytes.toString('utf8'), source, number);
      await take(record, { start, length: bytes.length });
      await rest();
    }
    return true;
  };
  return (await unlessMissing(work())) ?? false;
}
