import { z } from 'zod';
import { call } from './define.ts';

/** Where the user put tables of one database's diagram, by `namespace.table`; the others are laid out. */
export const diagramPlacesSchema = z.record(z.string(), z.object({ x: z.number(), y: z.number() }));
export type DiagramPlaces = z.infer<typeof diagramPlacesSchema>;

const ofDatabase = z.object({ connectionId: z.string().max(200) });

export const diagramContract = {
  'diagram.get': call(ofDatabase, z.object({ places: diagramPlacesSchema })),
  /** In the place of what was kept; with none, the whole diagram is laid out again. */
  'diagram.save': call(ofDatabase.extend({ places: diagramPlacesSchema }), z.object({})),
};
