import { resolve } from 'node:path';
import * as prettier from 'prettier';
import { z } from 'zod';
import { runEventSchema } from '../../core/contract/training.ts';

/** Read by the trainer's tests; made by `node build/scripts/write-event-schema.ts`. */
export const eventSchemaFile = resolve(import.meta.dirname, '..', '..', 'training', 'event_schema.json');

/** The trainer's events as JSON Schema (draft 2020-12): one of `$defs`, which are named after the events. */
export async function renderEventSchema(): Promise<string> {
  const { $schema, ...schema } = z.toJSONSchema(runEventSchema);
  const titled = {
    $schema,
    title: "The trainer's events",
    $comment: 'Generated from core/contract/training.ts by `node build/scripts/write-event-schema.ts`.',
    ...schema,
  };
  const options = await prettier.resolveConfig(eventSchemaFile);
  return prettier.format(JSON.stringify(titled), { ...options, parser: 'json' });
}
