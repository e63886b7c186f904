import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DatabaseSchema } from '../../core/contract/index.ts';
import { isVerified, readPairs } from '../../core/conversion/index.ts';
import type { SpiderDatabase, SpiderPair } from '../../core/dataset/index.ts';
import { demoDatabases } from '../../core/demo/index.ts';
import type { ValueSample } from '../../core/schema/find-hints.ts';

/** Train databases kept for validation: two from everyday domains, two that are hard. */
export const validationDatabases = ['customers_and_invoices', 'store_1', 'college_1', 'hospital_1'];

export interface TrainingSources {
  /** Verified train pairs, validation databases left out; the second question is Spider-Syn's. */
  pairs: SpiderPair[];
  databases: Map<string, SpiderDatabase>;
  /** Questions that evaluations ask. */
  forbidden: string[];
}

/** Spider-Syn's train questions, in the order of train_spider. */
function readSynonyms(file: string | undefined): string[] {
  if (!file) return [];
  const rows = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as { SpiderSynQuestion: string }[];
  return rows.map((row) => row.SpiderSynQuestion);
}

function readDatabase(processed: string, dbId: string): SpiderDatabase {
  const read = (folder: string) => readFileSync(path.join(processed, folder, `${dbId}.json`), 'utf8');
  return {
    schema: JSON.parse(read('postgres_schemas')) as DatabaseSchema,
    samples: JSON.parse(read('samples')) as ValueSample[],
  };
}

const demoQuestions = () =>
  demoDatabases.flatMap((database) => database.questions.map((question) => question.question));

/** What training pairs are made from; no pairs and databases where `data convert` has not run. */
export async function readTrainingSources(processed: string, spiderSyn?: string): Promise<TrainingSources> {
  if (!existsSync(path.join(processed, 'pairs.jsonl')))
    return { pairs: [], databases: new Map(), forbidden: demoQuestions() };
  const stored = await readPairs(processed);
  const synonyms = readSynonyms(spiderSyn);
  const isDev = (split: string) => split === 'dev';
  const kept = stored.filter(
    (pair) => !isDev(pair.split) && isVerified(pair) && !validationDatabases.includes(pair.dbId),
  );
  const pairs = kept.map((pair): SpiderPair => {
    const synonym = pair.split === 'train_spider' ? synonyms[pair.index] : undefined;
    return {
      dbId: pair.dbId,
      sql: pair.sql,
      questions: synonym ? [pair.question, synonym] : [pair.question],
    };
  });
  const dbIds = new Set(pairs.map((pair) => pair.dbId));
  const databases = new Map([...dbIds].map((dbId) => [dbId, readDatabase(processed, dbId)]));
  const dev = stored.filter((pair) => isDev(pair.split)).map((pair) => pair.question);
  return { pairs, databases, forbidden: [...dev, ...demoQuestions()] };
}
