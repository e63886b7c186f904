import { multiTableTemplates } from './multi-table.ts';
import { PairContext, type Pair } from './pair-context.ts';
import type { GeneratedSchema } from './make-schema.ts';
import type { Random } from './random.ts';
import { singleTableTemplates, type Template } from './single-table.ts';

function drawTemplate(random: Random, weighted: readonly [Template, number][]): Template {
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [template, weight] of weighted) {
    left -= weight;
    if (left < 0) return template;
  }
  return random.pick(weighted)[0];
}

/** Up to `count` different questions about one schema, each with its sketch. */
export function makePairs(random: Random, generated: GeneratedSchema, count: number): Pair[] {
  const context = new PairContext(random, generated);
  const hasJoins = context.families().length > 0;
  const pairs = new Map<string, Pair>();
  for (let attempt = 0; attempt < count * 4 && pairs.size < count; attempt++) {
    const templates = hasJoins && random.chance(0.5) ? multiTableTemplates : singleTableTemplates;
    const pair = drawTemplate(random, templates)(context);
    if (pair) pairs.set(pair.question.toLowerCase(), pair);
  }
  return [...pairs.values()];
}
