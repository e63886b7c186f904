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

export const appContract = {
  'app.info': call(z.object({}), appInfoSchema),
};
