/** Writes training/event_schema.json from core/contract/training.ts: `node build/scripts/write-event-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { eventSchemaFile, renderEventSchema } from './event-schema.ts';

writeFileSync(eventSchemaFile, await renderEventSchema());
console.log(eventSchemaFile);
