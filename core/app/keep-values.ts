import { join } from 'node:path';
import { z } from 'zod';
import { redactConnectionId, type Connections } from '../postgres/index.ts';
import {
  createValueFiles,
  createValueIndexes,
  type SchemaReader,
  type ValueIndexes,
} from '../schema/index.ts';
import type { SettingRows } from '../store/index.ts';

export interface KeepValuesOptions {
  dataDir: string;
  settings: SettingRows;
  open: Connections['open'];
  schemaOf: SchemaReader['schemaOf'];
  /** Databases whose rows are ours or public: they need no asking, and nothing in them is personal. */
  isOurs: (connectionId: string) => boolean;
}

const choiceSchema = z.object({ enabled: z.boolean(), allowed: z.array(z.string()) });

/** Ours are small: their first question waits until all is read, so that it is answered as the second one is. */
const oursWaitMs = 30_000;

/**
 * The index of values: off for a connection until its user asks for it, on for the demo databases and for those that
 * `eval` asks. A connection given as a URL counts without its password.
 */
export function keepValues({ dataDir, settings, isOurs, ...rest }: KeepValuesOptions): ValueIndexes {
  const keyOf = (connectionId: string) => `values:${redactConnectionId(connectionId)}`;
  return createValueIndexes({
    ...rest,
    files: createValueFiles(join(dataDir, 'values'), redactConnectionId),
    choices: {
      get: (id) => settings.get(keyOf(id), choiceSchema),
      set: (id, choice) => settings.set(keyOf(id), choice),
    },
    defaultChoice: (id) => (isOurs(id) ? { enabled: true, allowed: ['*'] } : { enabled: false, allowed: [] }),
    firstReadWaitMs: (id) => (isOurs(id) ? oursWaitMs : 1_000),
  });
}
