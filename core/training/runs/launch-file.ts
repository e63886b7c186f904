import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorPayloadSchema, trainingDraftSchema, trainingTargetSchema } from '../../contract/index.ts';
import { writeAside } from '../../dataset/stages/index.ts';

/** What the app knows of a run that the trainer does not; `launch.json` in the run's folder. */
export const launchFileSchema = z.object({
  format: z.literal(1),
  /** This run's alone, on all machines: names are not. Absent in runs of an earlier version. */
  uuid: z.uuid().optional(),
  name: z.string(),
  /** Absent where the run came from a recipe file. */
  draft: trainingDraftSchema.optional(),
  target: trainingTargetSchema,
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  jobId: z.string().optional(),
  /** Of a base model on this machine. */
  baseDir: z.string().optional(),
  needsQuantizedBase: z.boolean().default(false),
  /** Of the newest start; it takes back how the last one ended. */
  startedAt: z.string().optional(),
  /** Time of the start that an earlier trainer had told: while it is the newest, this one has said nothing yet. */
  earlierStartAt: z.string().optional(),
  /** Time of the end that an earlier start had told: it says nothing of the newest one. */
  earlierEndAt: z.string().optional(),
  stopRequestedAt: z.string().optional(),
  /** The user has cancelled it, and it may not know yet. */
  cancelAskedAt: z.string().optional(),
  /** Why it could not be told yet. */
  cancelProblem: errorPayloadSchema.optional(),
  /** No process of it is left. */
  cancelledAt: z.string().optional(),
  /** What ended it other than the trainer's own word. */
  error: errorPayloadSchema.optional(),
  /** What it left on another machine is gone. */
  cleanedUpAt: z.string().optional(),
  /** GGUF files that were made from it, wherever they lie. */
  exports: z.array(z.string()).default([]),
});
export type LaunchFile = z.infer<typeof launchFileSchema>;

const fileName = 'launch.json';

/** Undefined where the run was started outside the app. */
export async function readLaunch(runDir: string): Promise<LaunchFile | undefined> {
  try {
    return launchFileSchema.safeParse(JSON.parse(await readFile(join(runDir, fileName), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** What ended the last start, or was to end it, says nothing of the next one. */
export function forgetEnd(launch: LaunchFile): LaunchFile {
  const { stopRequestedAt: _, cancelAskedAt: __, cancelProblem: ___, cancelledAt: ____, ...kept } = launch;
  // Nor that its place had been cleared: it is used again.
  const { error: _____, cleanedUpAt: ______, ...rest } = kept;
  return rest;
}

export function writeLaunch(runDir: string, launch: LaunchFile): Promise<void> {
  return writeAside(join(runDir, fileName), `${JSON.stringify(launch, null, 2)}\n`);
}

const appHappeningSchema = z.object({ at: z.string(), text: z.string(), hint: z.string().optional() });
export type AppHappening = z.infer<typeof appHappeningSchema>;

const happeningsName = 'app.jsonl';

/** What the app did or noticed, besides what the trainer says. */
export async function addHappening(runDir: string, text: string, hint?: string): Promise<void> {
  const line = { at: new Date().toISOString(), text, ...(hint === undefined ? {} : { hint }) };
  // The run may have been removed meanwhile.
  await appendFile(join(runDir, happeningsName), `${JSON.stringify(line)}\n`).catch(() => undefined);
}

export async function readHappenings(runDir: string): Promise<AppHappening[]> {
  const text = await readFile(join(runDir, happeningsName), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return appHappeningSchema.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      return [];
    }
  });
}
