import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runEventKinds, runEventSchema } from '../../core/contract/training.ts';
import { eventSchemaFile, renderEventSchema } from './event-schema.ts';

interface EventSchema {
  oneOf: { $ref: string }[];
  $defs: Record<
    string,
    {
      additionalProperties: boolean;
      required: string[];
      properties: Record<string, { description?: string }>;
    }
  >;
}

const warning = {
  event: 'warning',
  time: '2026-11-22T18:01:01.658+00:00',
  message: 'The disk is nearly full.',
  hint: null,
  step: 5,
};

it('training/event_schema.json is what the contract says', async () => {
  const stored = readFileSync(eventSchemaFile, 'utf8');
  expect(stored, 'Run `node build/scripts/write-event-schema.ts`.').toBe(await renderEventSchema());
});

it('the exported schema knows every event, demands every key, describes it and allows no other', async () => {
  const { oneOf, $defs } = JSON.parse(await renderEventSchema()) as EventSchema;
  expect(oneOf.map(({ $ref }) => $ref)).toEqual(runEventKinds.map((kind) => `#/$defs/${kind}`));
  for (const kind of runEventKinds) {
    const schema = $defs[kind];
    expect(schema?.additionalProperties, kind).toBe(false);
    expect(schema?.required, kind).toEqual(Object.keys(schema?.properties ?? {}));
    for (const [key, { description }] of Object.entries(schema?.properties ?? {})) {
      if (key !== 'event' && key !== 'artifact') expect(description, `${kind}.${key}`).toBeTruthy();
    }
  }
});

it('a reader passes over the keys of a newer trainer, and over nothing else', () => {
  expect(runEventSchema.parse({ ...warning, mood: 'calm' })).toEqual(warning);
  expect(runEventSchema.safeParse({ ...warning, time: 'yesterday' }).success).toBe(false);
  expect(runEventSchema.safeParse({ ...warning, hint: undefined }).success).toBe(false);
  expect(runEventSchema.safeParse({ ...warning, event: 'party' }).success).toBe(false);
});
