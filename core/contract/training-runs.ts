import { z } from 'zod';
import { call } from './define.ts';

export const trainingRunSchema = z.object({
  name: z.string(),
  runDir: z.string(),
  /** `unreadable`: its events are another trainer's; `message` says what is wrong with them. */
  state: z.enum([
    'unreadable',
    'not_started',
    'unfinished',
    'finished',
    'stopped',
    'stopped_early',
    'failed',
  ]),
  /** ISO 8601; absent before the first event. */
  lastEventAt: z.string().optional(),
  step: z.number().int().optional(),
  totalSteps: z.number().int().optional(),
  /** Of the last step. */
  trainingLoss: z.number().optional(),
  /** Of the last evaluation. */
  validationLoss: z.number().optional(),
  checkpoints: z.number().int(),
  /** Files that were made: adapters, GGUF files. */
  artifacts: z.array(z.object({ kind: z.string(), path: z.string() })),
  message: z.string().optional(),
  /** The run ended and wrote its manifest. */
  complete: z.boolean(),
});
export type TrainingRun = z.infer<typeof trainingRunSchema>;

export const trainingRunsContract = {
  /** What lies in the runs folder, the newest first. */
  'training.runs': call(
    z.object({}),
    z.object({
      folder: z.string(),
      /** Folder of the trainer's own sources; where its commands are run is the folder above. */
      trainerDir: z.string(),
      runs: z.array(trainingRunSchema),
    }),
  ),
};
