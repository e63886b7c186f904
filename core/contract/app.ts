import { z } from 'zod';
import { call } from './define.ts';

export const secretStoreSchema = z.enum(['safe-storage', 'keyring', 'private-file']);

export const appInfoSchema = z.object({
  version: z.string(),
  /** Folder of the app's own data. */
  dataDir: z.string(),
  platform: z.string(),
  /** Where passwords are kept, and a sentence that says so. */
  secretStore: secretStoreSchema,
  secretStoreNote: z.string(),
});
export type AppInfo = z.infer<typeof appInfoSchema>;

export const placeSchema = z.object({
  id: z.enum(['data', 'store', 'server', 'models', 'values', 'dataset', 'evaluations', 'runs']),
  path: z.string(),
  exists: z.boolean(),
  files: z.number().int(),
  bytes: z.number(),
  /** There was more than could be counted in time. */
  atLeast: z.boolean(),
});
export type Place = z.infer<typeof placeSchema>;

export const updateStatusSchema = z.object({
  /**
   * `unavailable`: this way of running the app brings no updates, `message` says why; `off`: the user has not turned
   * them on; `ready`: downloaded, installed at the next start.
   */
  state: z.enum(['unavailable', 'off', 'idle', 'checking', 'current', 'downloading', 'ready', 'failed']),
  /** The newer version, where there is one. */
  version: z.string().optional(),
  /** ISO 8601 of the last look. */
  checkedAt: z.string().optional(),
  message: z.string().optional(),
});
export type UpdateStatus = z.infer<typeof updateStatusSchema>;

export const appContract = {
  'app.info': call(z.object({}), appInfoSchema),
  /** Where things are kept and how large they are. Counting ends after two seconds. */
  'app.places': call(z.object({}), z.array(placeSchema)),
  'app.updateStatus': call(z.object({}), updateStatusSchema),
  /** Looks for a newer version now, and downloads it. Refused while updates are off. */
  'app.checkForUpdates': call(z.object({}), updateStatusSchema),
};
