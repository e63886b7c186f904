import type { ValueSample } from '../../../schema/find-hints.ts';
import type { SchemaView } from '../../../sql/sketch/schema-view.ts';
import type { SpiderDatabase } from '../../spider-examples.ts';
import { makeTemplatePairs, type TemplateStock } from '../fill-template.ts';
import { makePairs } from '../make-pairs.ts';
import { makeSchema } from '../make-schema.ts';
import type { Pair } from '../pair-context.ts';
import type { Random } from '../random.ts';
import { makeVariedPairs } from '../template-stock.ts';
import type { createValuePools } from '../value-pools.ts';

/** Where pairs come from: generated schemas alone, or with templates and the databases that they may be asked of. */
export interface PairSources {
  templates?: { stock: TemplateStock; databases: ReadonlyMap<string, SpiderDatabase> };
}

/** How a pair was worded: by the grammar of synthesis, or by a person whose question became a template. */
export type PairOrigin = 'grammar' | 'template';

export interface OriginPair extends Pair {
  origin: PairOrigin;
}

/** One schema and questions about it. */
export interface PairBatch {
  /** The Spider database that was varied, or the thing that a generated schema is mostly about. */
  domain: string;
  view: SchemaView;
  samples: readonly ValueSample[];
  pairs: OriginPair[];
}

/** Questions asked of one schema. */
const pairsPerSchema = 96;

const withOrigin = (pairs: readonly Pair[], origin: PairOrigin) =>
  pairs.map((pair): OriginPair => ({ ...pair, origin }));

function varyDatabase(
  random: Random,
  { stock, databases }: Required<PairSources>['templates'],
): PairBatch | undefined {
  const [dbId, database] = random.pick([...databases]);
  const [varied] = makeVariedPairs(random, stock, database, 1, pairsPerSchema);
  if (!varied) return undefined;
  return {
    domain: dbId,
    view: varied.view,
    samples: varied.samples,
    pairs: withOrigin(varied.pairs, 'template'),
  };
}

/** A schema with its pairs. `pools` gives the values of generated schemas. */
export function makeBatch(
  random: Random,
  sources: PairSources,
  pools: ReturnType<typeof createValuePools>,
): PairBatch | undefined {
  const { templates } = sources;
  if (templates && random.chance(0.5)) return varyDatabase(random, templates);
  const generated = makeSchema(random, pools);
  const { view, samples } = generated;
  const share = templates ? 0.6 : 1;
  const own = makePairs(random, generated, Math.round(pairsPerSchema * share));
  const moved = templates
    ? makeTemplatePairs(random, templates.stock, view, samples, pairsPerSchema - own.length)
    : [];
  const known = new Set(own.map((pair) => pair.question.toLowerCase()));
  const others = moved.filter((pair) => !known.has(pair.question.toLowerCase()));
  const domain = generated.relations[0]?.entity.name ?? 'nothing';
  return { domain, view, samples, pairs: [...withOrigin(own, 'grammar'), ...withOrigin(others, 'template')] };
}
