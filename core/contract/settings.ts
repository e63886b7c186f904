import { z } from 'zod';
import { call } from './define.ts';

/** Limits of statements and questions that the user set. */
export const settingLimitsSchema = z.object({
  /** Statement timeout in milliseconds. */
  timeoutMs: z.number().int().min(1_000).max(3_600_000).optional(),
  /** Rows that a result shows at first. */
  maxRows: z.number().int().min(1).max(100_000).optional(),
  /** Statements to write and vote on; absent leaves it to the model's kind. */
  candidates: z.number().int().min(1).max(16).optional(),
});
export type SettingLimits = z.infer<typeof settingLimitsSchema>;

/** What the window remembers from start to start: looks and habits, nothing of any database's data. */
export const settingsSchema = z.object({
  theme: z.enum(['light', 'dark', 'system']),
  /** The database that was chosen last. */
  connectionId: z.string().max(200),
  /** Run what the model wrote as soon as it was checked. */
  runAutomatically: z.boolean(),
  sidePanel: z.enum(['schema', 'history', 'verified', 'hidden']),
  /** Sizes of resizable panes in per cent, by the name of their group and of the pane. */
  panes: z.record(z.string().max(60), z.record(z.string().max(60), z.number())).optional(),
  /** Nothing is sent to another machine, but to the allowed hosts. */
  offline: z.boolean().optional(),
  /** Hosts that stay reachable in offline mode, as names or addresses; `*.example.com` stands for all below it. */
  allowedHosts: z.array(z.string().trim().min(1).max(253)).max(200).optional(),
  /** Look for a newer version once a day. Off until the user turns it on. */
  updates: z.boolean().optional(),
  /** The model in use, a GGUF file or a server's address; empty or absent is the embedded starter. */
  modelPath: z.string().max(4_000).optional(),
  /** What stands for limits that a request leaves out. */
  limits: settingLimitsSchema.optional(),
  /** What becomes of training on this machine where the app is closed; absent is `leave`. Elsewhere it always goes on. */
  trainingOnQuit: z.enum(['leave', 'stop']).optional(),
  /** The tour was taken or skipped. */
  tourDone: z.boolean().optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const settingsContract = {
  /** What was chosen so far; the rest has its defaults in the window. */
  'settings.get': call(z.object({}), settingsSchema.partial()),
  /** Keeps what is given and leaves the rest as it is. Answers with all that is kept. */
  'settings.set': call(settingsSchema.partial(), settingsSchema.partial()),
  /** Forgets all of it: everything has its defaults again. Connections, history and models stay. */
  'settings.reset': call(z.object({}), settingsSchema.partial()),
};
