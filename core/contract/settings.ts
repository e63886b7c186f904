import { z } from 'zod';
import { call } from './define.ts';

/** What the window remembers from start to start: looks and habits, nothing of any database's data. */
export const settingsSchema = z.object({
  theme: z.enum(['light', 'dark', 'system']),
  /** The database that was chosen last. */
  connectionId: z.string().max(200),
  /** Run what the model wrote as soon as it was checked. */
  runAutomatically: z.boolean(),
  sidePanel: z.enum(['schema', 'history', 'hidden']),
  /** Sizes of resizable panes in per cent, by the name of their group and of the pane. */
  panes: z.record(z.string().max(60), z.record(z.string().max(60), z.number())).optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const settingsContract = {
  /** What was chosen so far; the rest has its defaults in the window. */
  'settings.get': call(z.object({}), settingsSchema.partial()),
  /** Keeps what is given and leaves the rest as it is. Answers with all that is kept. */
  'settings.set': call(settingsSchema.partial(), settingsSchema.partial()),
};
