import type { ValueSample } from '../../schema/find-hints.ts';
import { viewSchema, type SchemaView } from '../../sql/sketch/index.ts';
import { NoSketchError, sketchFromSql } from '../sketch-from-sql.ts';
import type { SpiderDatabase, SpiderPair } from '../spider-examples.ts';
import { makeTemplatePairs, stockTemplates, type TemplateStock } from './fill-template.ts';
import { mineTemplates, type SourcePair } from './mine-templates.ts';
import { mineSynonyms } from './name-synonyms.ts';
import type { Pair } from './pair-context.ts';
import type { Random } from './random.ts';
import { varyNames } from './vary-names.ts';

/**
 * Templates and synonyms from Spider's train pairs. Of each pair's questions the first is the original, the others
 * reword it with synonyms. Leave validation databases out of `pairs`: their wording must stay unknown.
 */
export async function createTemplateStock(
  pairs: readonly SpiderPair[],
  databases: ReadonlyMap<string, SpiderDatabase>,
): Promise<{ stock: TemplateStock; refused: Map<string, number> }> {
  const views = new Map([...databases].map(([dbId, { schema }]) => [dbId, viewSchema(schema)]));
  const sources: SourcePair[] = [];
  for (const pair of pairs) {
    const view = views.get(pair.dbId);
    const [question] = pair.questions;
    if (!view || question === undefined) continue;
    try {
      sources.push({ source: pair.dbId, view, question, sketch: await sketchFromSql(pair.sql, view) });
    } catch (error) {
      if (!(error instanceof NoSketchError)) throw error;
    }
  }
  const { templates, refused } = mineTemplates(sources);
  const rewordings = pairs.flatMap(({ dbId, questions: [question, ...others] }) =>
    others.flatMap((reworded) => (question === undefined ? [] : [{ source: dbId, question, reworded }])),
  );
  const names = [...views.values()].flatMap((view) =>
    view.tables.flatMap(({ table }) => [table.name, ...table.columns.map((column) => column.name)]),
  );
  return { stock: stockTemplates(templates, views, mineSynonyms(rewordings, names)), refused };
}

/** A varied schema with questions about it. */
export interface VariedPairs {
  view: SchemaView;
  samples: ValueSample[];
  pairs: Pair[];
}

/**
 * `schemas` variations of one database (fewer tables, another order, other names), `perSchema` questions of other
 * databases on each.
 */
export function makeVariedPairs(
  random: Random,
  stock: TemplateStock,
  database: SpiderDatabase,
  schemas: number,
  perSchema: number,
): VariedPairs[] {
  return Array.from({ length: schemas }, () => {
    const keep = 0.4 + random.next() * 0.6;
    const kept = database.schema.tables.filter(() => random.chance(keep));
    const tables = kept.length > 0 ? kept : database.schema.tables;
    const named = varyNames(random, { ...database.schema, tables }, database.samples, stock.synonyms);
    const view = viewSchema(named.schema);
    const pairs = makeTemplatePairs(random, stock, view, named.samples, perSchema, named.spoken);
    return { view, samples: named.samples, pairs };
  });
}
