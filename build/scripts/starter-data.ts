/**
 * Writes the starter model's training data: `node build/scripts/starter-data.ts [--out DIR] [--schemas N]
 * [--spider-rounds N] [--template-rounds N] [--seed N] [--spider-syn FILE.json.gz]`. Needs `data convert` to have run (data/processed).
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { ProvenPair } from '../../core/contract/dataset.ts';
import type { DatabaseSchema } from '../../core/contract/index.ts';
import { isVerified, readPairs } from '../../core/conversion/index.ts';
import {
  createLeakCheck,
  makeStarterData,
  type SpiderDatabase,
  type SpiderPair,
} from '../../core/dataset/index.ts';
import { demoDatabases } from '../../core/demo/index.ts';
import { listPointers } from '../../core/sql/sketch/index.ts';
import type { ValueSample } from '../../core/schema/find-hints.ts';
import { recordQuestions } from './record-questions.ts';

const { values } = parseArgs({
  options: {
    processed: { type: 'string', default: 'data/processed' },
    out: { type: 'string', default: 'data/processed/starter' },
    schemas: { type: 'string', default: '12000' },
    'spider-rounds': { type: 'string', default: '8' },
    'template-rounds': { type: 'string', default: '70' },
    seed: { type: 'string', default: '20261122' },
    'spider-syn': { type: 'string' },
  },
});

/** Train databases kept for validation: two from everyday domains, two that are hard. */
const validationDatabases = ['customers_and_invoices', 'store_1', 'college_1', 'hospital_1'];

/** Spider-Syn's train questions, in the order of train_spider. */
function readSynonyms(): string[] {
  const file = values['spider-syn'];
  if (!file) return [];
  const rows = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as { SpiderSynQuestion: string }[];
  return rows.map((row) => row.SpiderSynQuestion);
}

function readDatabase(dbId: string): SpiderDatabase {
  const read = (folder: string) => readFileSync(path.join(values.processed, folder, `${dbId}.json`), 'utf8');
  return {
    schema: JSON.parse(read('postgres_schemas')) as DatabaseSchema,
    samples: JSON.parse(read('samples')) as ValueSample[],
  };
}

const stored = await readPairs(values.processed);
const synonyms = readSynonyms();
const isDev = (pair: ProvenPair) => pair.split === 'dev';
const forbidden = [
  ...stored.filter(isDev).map((pair) => pair.question),
  ...demoDatabases.flatMap((database) => database.questions.map((question) => question.question)),
];
const kept = stored.filter((pair) => !isDev(pair) && isVerified(pair));
const pairs = kept.map((pair): SpiderPair => {
  const synonym = pair.split === 'train_spider' ? synonyms[pair.index] : undefined;
  return { dbId: pair.dbId, sql: pair.sql, questions: synonym ? [pair.question, synonym] : [pair.question] };
});
const databases = new Map(
  [...new Set(kept.map((pair) => pair.dbId))].map((dbId) => [dbId, readDatabase(dbId)]),
);
const record = recordQuestions(createLeakCheck(forbidden));
const { train, validation, report } = await makeStarterData(
  {
    seed: Number(values.seed),
    schemas: Number(values.schemas),
    questionsPerSchema: 8,
    spiderRounds: Number(values['spider-rounds']),
    templateRounds: Number(values['template-rounds']),
    validationDatabases,
    isForbidden: record.isForbidden,
  },
  databases,
  pairs,
);
mkdirSync(values.out, { recursive: true });
writeFileSync(path.join(values.out, 'train.jsonl'), train);
writeFileSync(path.join(values.out, 'val.jsonl'), validation);
// Each pointer must be one piece of the tokenizer: tokenizer.whole_words.
writeFileSync(path.join(values.out, 'whole-words.txt'), `${listPointers().join(' ')}\n`);
// The trainer's manifest and the model's card name the version that lies beside the training file.
const version = path.join(values.processed, 'dataset_version.json');
if (existsSync(version)) copyFileSync(version, path.join(values.out, 'dataset_version.json'));
// For data/models beside the model, where training-leaks.test.ts reads them.
record.write(values.out, report.trainSha256, databases.keys(), stored.filter(isDev));
writeFileSync(path.join(values.out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
