import { viewSchema } from '../../sql/sketch/index.ts';
import { NoSketchError, sketchFromSql } from '../sketch-from-sql.ts';
import type { SpiderDatabase, SpiderPair } from '../spider-examples.ts';
import { stockTemplates, type TemplateStock } from './fill-template.ts';
import { mineTemplates, type SourcePair } from './mine-templates.ts';
import { mineSynonyms } from './name-synonyms.ts';

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
  const rewordings = pairs.flatMap(({ questions: [first, ...others] }) =>
    others.map((other): [string, string] => [first ?? other, other]),
  );
  const names = [...views.values()].flatMap((view) =>
    view.tables.flatMap(({ table }) => [table.name, ...table.columns.map((column) => column.name)]),
  );
  return { stock: stockTemplates(templates, views, mineSynonyms(rewordings, names)), refused };
}
