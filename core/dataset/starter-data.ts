import { createHash } from 'node:crypto';
import { buildValueIndex } from '../schema/value-index/build-value-index.ts';
import {
  makeSpiderExamples,
  type SpiderCounts,
  type SpiderDatabase,
  type SpiderPair,
} from './spider-examples.ts';
import { makePairs } from './synthesis/make-pairs.ts';
import { makeSchema } from './synthesis/make-schema.ts';
import { createRandom, type Random } from './synthesis/random.ts';
import { createValuePools } from './synthesis/value-pools.ts';
import { makeExample, type TrainingExample } from './training-example.ts';

export interface StarterDataOptions {
  seed: number;
  /** Generated schemas. */
  schemas: number;
  questionsPerSchema: number;
  /** How often each Spider pair is written, each time on another variation of its schema. */
  spiderRounds: number;
  /** Spider databases kept out of training, for validation. */
  validationDatabases: string[];
  isForbidden: (question: string) => boolean;
}

export interface StarterDataReport {
  syntheticExamples: number;
  syntheticUnreachable: number;
  spiderExamples: number;
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

function makeSynthetic(random: Random, options: StarterDataOptions, schemas: number, counters: Counters) {
  const pools = createValuePools(options.seed);
  const groups: TrainingExample[][] = [];
  for (let index = 0; index < schemas; index++) {
    const generated = makeSchema(random, pools);
    const pairs = makePairs(random, generated, options.questionsPerSchema);
    const values = buildValueIndex(generated.samples);
    const examples = pairs.flatMap((pair): TrainingExample[] => {
      if (options.isForbidden(pair.question)) {
        counters.forbidden++;
        return [];
      }
      const example = makeExample(generated.view, values, pair.question, pair.sketch);
      if (typeof example === 'object') return [example];
      counters.unreachable++;
      return [];
    });
    groups.push(examples);
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
  const counts: SpiderCounts = { examples: 0, left: new Map() };
  const validationCounts: SpiderCounts = { examples: 0, left: new Map() };
  const synthetic = makeSynthetic(random, options, options.schemas, counters);
  const validation = makeSynthetic(random, options, 40, counters);
  const spider: TrainingExample[][] = [];
  const byDatabase = Map.groupBy(dropForbidden(spiderPairs, options, counters), (pair) => pair.dbId);
  for (const [dbId, pairs] of byDatabase) {
    const database = databases.get(dbId);
    if (!database) continue;
    const isValidation = options.validationDatabases.includes(dbId);
    const rounds = isValidation ? 1 : options.spiderRounds;
    for (let round = 0; round < rounds; round++) {
      const target = isValidation ? validationCounts : counts;
      const examples = await makeSpiderExamples(random, database, pairs, options.questionsPerSchema, target);
      (isValidation ? validation : spider).push(examples);
    }
  }
  const train = toLines(random.sample([...synthetic, ...spider], synthetic.length + spider.length));
  return {
    train,
    validation: toLines(validation),
    report: {
      syntheticExamples: synthetic.flat().length,
      syntheticUnreachable: counters.unreachable,
      spiderExamples: counts.examples,
      spiderLeft: Object.fromEntries(counts.left),
      forbidden: counters.forbidden,
      validationExamples: validation.flat().length,
      trainSha256: createHash('sha256').update(train).digest('hex'),
    },
  };
}
