import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { JobDefinition } from '../index.ts';

const inputSchema = z.object({
  /** Counts so far, a metric for each. */
  to: z.number().int(),
  /** Milliseconds between two counts. */
  stepMs: z.number().default(1),
});
export type CountingInput = z.input<typeof inputSchema>;

/** Counts, goes on counting where it is resumed, and stops when it is told to. */
export function createCountingJob(
  more: Partial<JobDefinition<CountingInput>> = {},
): JobDefinition<CountingInput> {
  const counted = new Map<string, number>();
  return {
    kind: 'evaluation',
    input: inputSchema,
    canResume: true,
    keepsWork: true,
    title: ({ to }) => `Count to ${to}`,
    async run(input, { jobId, signal, report }) {
      const { to, stepMs } = inputSchema.parse(input);
      report.log(`from ${counted.get(jobId) ?? 0}`);
      for (let done = counted.get(jobId) ?? 0; done < to; done += 1) {
        report.progress({ done, total: to });
        await pause(stepMs, undefined, { signal });
        report.metric(done + 1);
        counted.set(jobId, done + 1);
      }
      report.progress({ done: to, total: to });
      report.result('all of them');
    },
    ...more,
  };
}
