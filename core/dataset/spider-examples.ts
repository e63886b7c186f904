import type { DatabaseSchema, Table } from '../contract/index.ts';
import type { ValueSample } from '../schema/find-hints.ts';
import { viewSchema, type Core, type Sketch } from '../sql/sketch/index.ts';
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
function varySchema(random: Random, schema: DatabaseSchema, needed: ReadonlySet<string>): DatabaseSchema {
  const keep = 0.4 + random.next() * 0.6;
  const kept = schema.tables.filter((table) => needed.has(table.name) || random.chance(keep));
  const tables = random.chance(0.3) ? kept : random.sample(kept, kept.length);
  return { ...schema, tables: tables.map((table) => shuffleColumns(random, table)) };
}

async function neededTables(database: SpiderDatabase, pairs: readonly SpiderPair[]): Promise<Set<string>> {
  const view = viewSchema(database.schema);
  const needed = new Set<string>();
  for (const pair of pairs) {
    const sketch = await sketchFromSql(pair.sql, view).catch(() => undefined);
    for (const word of sketch ? tablesOf(sketch) : [])
      needed.add(view.tableByWord.get(word)?.table.name ?? word);
  }
  return needed;
}

export interface SpiderCounts {
  examples: number;
  /** Why pairs gave no example, by reason. */
  left: Map<string, number>;
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
  const examples: TrainingExample[] = [];
  for (let start = 0; start < shuffled.length; start += perSchema) {
    const chunk = shuffled.slice(start, start + perSchema);
    const view = viewSchema(varySchema(random, database.schema, await neededTables(database, chunk)));
    for (const pair of chunk) {
      try {
        const sketch = await sketchFromSql(pair.sql, view);
        const example = makeExample(view, database.samples, random.pick(pair.questions), sketch);
        if (!example) throw new NoSketchError('literal or operator out of reach');
        examples.push(example);
      } catch (error) {
        if (!(error instanceof NoSketchError)) throw error;
        counts.left.set(error.message, (counts.left.get(error.message) ?? 0) + 1);
      }
    }
  }
  counts.examples += examples.length;
  return examples;
}
