export * from './constraint.ts';
export * from './expand.ts';
export * from './is-sensible.ts';
export * from './parse-words.ts';
export * from './pointers.ts';
export * from './schema-view.ts';
export * from './sketch.ts';
export type { SketchState } from './states.ts';
export * from './write-words.ts';
