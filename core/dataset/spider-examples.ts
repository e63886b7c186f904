import type { DatabaseSchema, Table } from '../contract/index.ts';
import type { ValueSample } from '../schema/find-hints.ts';
import { buildValueIndex, type ValueIndex } from '../schema/value-index/build-value-index.ts';
import { viewSchema, type Core, type SchemaView, type Sketch } from '../sql/sketch/index.ts';
import { NoSketchError, sketchFromSql } from './sketch-from-sql.ts';
import type { Random } from './synthesis/random.ts';
import { makeExample, type TrainingExample } from './training-example.ts';

/** A Spider question with its proven PostgreSQL. */
export interface SpiderPair {
  dbId: string;
  /** Wordings of one question: Spider's own, and Spider-Syn's where there is one. */
  questions: string[];
  sql: string;
}

export interface SpiderDatabase {
  schema: DatabaseSchema;
  samples: ValueSample[];
}

function tablesOfCore(core: Core): string[] {
  const inner = [...core.where, ...core.having].flatMap((predicate) =>
    predicate.subquery ? tablesOfCore(predicate.subquery) : [],
  );
  return [...core.from, ...inner];
}

function tablesOf(sketch: Sketch): string[] {
  return [...tablesOfCore(sketch.core), ...(sketch.set ? tablesOfCore(sketch.set.right) : [])];
}

function shuffleColumns(random: Random, table: Table): Table {
  const [first, ...rest] = table.columns;
  if (!first || random.chance(0.4)) return table;
  return { ...table, columns: [first, ...random.sample(rest, rest.length)] };
}

/** The same schema with its tables and columns in another order, some unneeded tables left out. */
export function varySchema(
  random: Random,
  schema: DatabaseSchema,
  needed: ReadonlySet<string>,
): DatabaseSchema {
  const keep = 0.4 + random.next() * 0.6;
  const kept = schema.tables.filter((table) => needed.has(table.name) || random.chance(keep));
  const tables = random.chance(0.3) ? kept : random.sample(kept, kept.length);
  return { ...schema, tables: tables.map((table) => shuffleColumns(random, table)) };
}

const valueIndexes = new WeakMap<SpiderDatabase, ValueIndex>();

export function valuesOf(database: SpiderDatabase): ValueIndex {
  const index = valueIndexes.get(database) ?? buildValueIndex(database.samples);
  valueIndexes.set(database, index);
  return index;
}

export interface SpiderCounts {
  examples: number;
  /** Pairs that gave no example, and why; in each round anew. */
  left: { pair: SpiderPair; reason: string }[];
}

/** A pair's sketch, or nothing, and the pair is among those that are left. */
async function sketchOrLeave(
  pair: SpiderPair,
  view: SchemaView,
  counts: SpiderCounts,
): Promise<Sketch | undefined> {
  try {
    return await sketchFromSql(pair.sql, view);
  } catch (error) {
    if (!(error instanceof NoSketchError)) throw error;
    counts.left.push({ pair, reason: error.message });
    return undefined;
  }
}

/** Examples of one database's pairs, `perSchema` questions to a varied schema. */
export async function makeSpiderExamples(
  random: Random,
  database: SpiderDatabase,
  pairs: readonly SpiderPair[],
  perSchema: number,
  counts: SpiderCounts,
): Promise<TrainingExample[]> {
  const shuffled = random.sample(pairs, pairs.length);
  const whole = viewSchema(database.schema);
  const values = valuesOf(database);
  const examples: TrainingExample[] = [];
  for (let start = 0; start < shuffled.length; start += perSchema) {
    const sayable: SpiderPair[] = [];
    const needed = new Set<string>();
    for (const pair of shuffled.slice(start, start + perSchema)) {
      const sketch = await sketchOrLeave(pair, whole, counts);
      if (!sketch) continue;
      sayable.push(pair);
      for (const word of tablesOf(sketch)) needed.add(whole.tableByWord.get(word)?.table.name ?? word);
    }
    const view = viewSchema(varySchema(random, database.schema, needed));
    for (const pair of sayable) {
      // Anew, because words depend on which names a schema holds.
      const sketch = await sketchOrLeave(pair, view, counts);
      const example = sketch && makeExample(view, values, random.pick(pair.questions), sketch);
      if (typeof example === 'object') examples.push(example);
      else if (example !== undefined) counts.left.push({ pair, reason: example });
    }
  }
  counts.examples += examples.length;
  return examples;
}
