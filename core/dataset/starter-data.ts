import { createHash } from 'node:crypto';
import { buildValueIndex, type ValueIndex } from '../schema/value-index/build-value-index.ts';
import {
  makeSpiderExamples,
  valuesOf,
  varySchema,
  type SpiderCounts,
  type SpiderDatabase,
  type SpiderPair,
} from './spider-examples.ts';
import { makeTemplatePairs, type TemplateStock } from './synthesis/fill-template.ts';
import { makePairs } from './synthesis/make-pairs.ts';
import { makeSchema } from './synthesis/make-schema.ts';
import { createRandom, type Random } from './synthesis/random.ts';
import { createValuePools } from './synthesis/value-pools.ts';
import type { Pair } from './synthesis/pair-context.ts';
import { createTemplateStock, makeVariedPairs } from './synthesis/template-stock.ts';
import { viewSchema, type SchemaView } from '../sql/sketch/index.ts';
import { makeExample, type TrainingExample } from './training-example.ts';

export interface StarterDataOptions {
  seed: number;
  /** Generated schemas. */
  schemas: number;
  questionsPerSchema: number;
  /** How often each Spider pair is written, each time on another variation of its schema. */
  spiderRounds: number;
  /** Variations of each Spider train database that are asked in the words of other databases' questions. */
  templateRounds: number;
  /** Spider databases kept out of training, for validation. */
  validationDatabases: string[];
  isForbidden: (question: string) => boolean;
}

export interface StarterDataReport {
  syntheticExamples: number;
  syntheticUnreachable: number;
  spiderExamples: number;
  /** Spider's questions reworded for other schemas, and how many templates they come from. */
  templateExamples: number;
  templates: number;
  spiderLeft: Record<string, number>;
  /** Questions left out because an evaluation holds them too. */
  forbidden: number;
  validationExamples: number;
  trainSha256: string;
}

interface Counters {
  unreachable: number;
  forbidden: number;
}

/** One schema's pairs as examples; what is forbidden or out of reach is counted. */
function toExamples(
  view: SchemaView,
  values: ValueIndex,
  pairs: readonly Pair[],
  options: StarterDataOptions,
  counters: Counters,
): TrainingExample[] {
  return pairs.flatMap((pair): TrainingExample[] => {
    if (options.isForbidden(pair.question)) {
      counters.forbidden++;
      return [];
    }
    const example = makeExample(view, values, pair.question, pair.sketch);
    if (typeof example === 'object') return [example];
    counters.unreachable++;
    return [];
  });
}

/** Generated schemas, asked by a grammar and, every other one, in the words of Spider's questions. */
function makeSynthetic(
  random: Random,
  options: StarterDataOptions,
  schemas: number,
  stock: TemplateStock,
  counters: Counters,
) {
  const pools = createValuePools(options.seed);
  const groups: TrainingExample[][] = [];
  for (let index = 0; index < schemas; index++) {
    const generated = makeSchema(random, pools);
    const { view, samples } = generated;
    const values = buildValueIndex(samples);
    const count = options.questionsPerSchema;
    const pairs =
      index % 2 === 0
        ? makePairs(random, generated, count)
        : makeTemplatePairs(random, stock, view, samples, count);
    groups.push(toExamples(view, values, pairs, options, counters));
  }
  return groups;
}

/** Spider's train databases, asked in the words of one another's questions. */
function makeReworded(
  random: Random,
  options: StarterDataOptions,
  databases: readonly SpiderDatabase[],
  stock: TemplateStock,
  counters: Counters,
) {
  const groups: TrainingExample[][] = [];
  const count = options.questionsPerSchema;
  for (let round = 0; round < options.templateRounds; round++) {
    for (const database of databases) {
      // Every other time under other names, which the questions may or may not use.
      if (round % 2 === 1) {
        const [varied] = makeVariedPairs(random, stock, database, 1, count);
        const values = varied && buildValueIndex(varied.samples);
        if (values) groups.push(toExamples(varied.view, values, varied.pairs, options, counters));
        continue;
      }
      const view = viewSchema(varySchema(random, database.schema, new Set()));
      const pairs = makeTemplatePairs(random, stock, view, database.samples, count);
      groups.push(toExamples(view, valuesOf(database), pairs, options, counters));
    }
  }
  return groups;
}

function dropForbidden(
  pairs: readonly SpiderPair[],
  options: StarterDataOptions,
  counters: Counters,
): SpiderPair[] {
  return pairs.flatMap((pair) => {
    const questions = pair.questions.filter((question) => !options.isForbidden(question));
    counters.forbidden += pair.questions.length - questions.length;
    return questions.length > 0 ? [{ ...pair, questions }] : [];
  });
}

const toLines = (groups: readonly TrainingExample[][]) =>
  groups
    .flat()
    .map((example) => `${JSON.stringify(example)}\n`)
    .join('');

function countReasons({ left }: SpiderCounts): Record<string, number> {
  const byReason = Map.groupBy(left, ({ reason }) => reason);
  return Object.fromEntries([...byReason].map(([reason, all]) => [reason, all.length]));
}

/**
 * The starter model's training and validation files: generated schemas with generated pairs, and Spider's
 * train pairs, schema by schema in random order. The same options and input give the same bytes.
 */
export async function makeStarterData(
  options: StarterDataOptions,
  databases: ReadonlyMap<string, SpiderDatabase>,
  spiderPairs: readonly SpiderPair[],
): Promise<{ train: string; validation: string; report: StarterDataReport }> {
  const random = createRandom(options.seed);
  const counters: Counters = { unreachable: 0, forbidden: 0 };
  const counts: SpiderCounts = { examples: 0, left: [] };
  const validationCounts: SpiderCounts = { examples: 0, left: [] };
  const isValidation = (dbId: string) => options.validationDatabases.includes(dbId);
  const allowed = dropForbidden(spiderPairs, options, counters);
  const train = allowed.filter(({ dbId }) => !isValidation(dbId));
  const trainDatabases = new Map([...databases].filter(([dbId]) => !isValidation(dbId)));
  const { stock } = await createTemplateStock(train, trainDatabases);
  const synthetic = makeSynthetic(random, options, options.schemas, stock, counters);
  const reworded = makeReworded(random, options, [...trainDatabases.values()], stock, counters);
  const validation = makeSynthetic(random, options, 40, stock, counters);
  const spider: TrainingExample[][] = [];
  const byDatabase = Map.groupBy(allowed, (pair) => pair.dbId);
  for (const [dbId, pairs] of byDatabase) {
    const database = databases.get(dbId);
    if (!database) continue;
    const rounds = isValidation(dbId) ? 1 : options.spiderRounds;
    for (let round = 0; round < rounds; round++) {
      const target = isValidation(dbId) ? validationCounts : counts;
      const examples = await makeSpiderExamples(random, database, pairs, options.questionsPerSchema, target);
      (isValidation(dbId) ? validation : spider).push(examples);
    }
  }
  const groups = [...synthetic, ...reworded, ...spider];
  const lines = toLines(random.sample(groups, groups.length));
  return {
    train: lines,
    validation: toLines(validation),
    report: {
      syntheticExamples: synthetic.flat().length,
      syntheticUnreachable: counters.unreachable,
      spiderExamples: counts.examples,
      templateExamples: reworded.flat().length,
      templates: stock.templates.length,
      spiderLeft: countReasons(counts),
      forbidden: counters.forbidden,
      validationExamples: validation.flat().length,
      trainSha256: createHash('sha256').update(lines).digest('hex'),
    },
  };
}
