import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { DatabaseSchema } from '../../core/contract/index.ts';
import { isVerified, readPairs } from '../../core/conversion/index.ts';
import { createLeakCheck, type SpiderDatabase, type SpiderPair } from '../../core/dataset/index.ts';
import type { ValueSample } from '../../core/schema/find-hints.ts';
import { readOwnQuestions } from './record-questions.ts';

/** Train databases kept for validation: two from everyday domains, two that are hard. */
export const validationDatabases = ['customers_and_invoices', 'store_1', 'college_1', 'hospital_1'];

export interface TrainingSources {
  /** Verified train pairs, without validation databases and forbidden questions; the second question is Spider-Syn's. */
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

const dataDir = fileURLToPath(new URL('../../data/', import.meta.url));

/** What training pairs are made from; no pairs and databases where `data convert` has not run. */
export async function readTrainingSources(processed: string, spiderSyn?: string): Promise<TrainingSources> {
  if (!existsSync(path.join(processed, 'pairs.jsonl')))
    return { pairs: [], databases: new Map(), forbidden: readOwnQuestions(dataDir) };
  const stored = await readPairs(processed);
  const synonyms = readSynonyms(spiderSyn);
  const isDev = (split: string) => split === 'dev';
  const kept = stored.filter(
    (pair) => !isDev(pair.split) && isVerified(pair) && !validationDatabases.includes(pair.dbId),
  );
  const dev = stored.filter((pair) => isDev(pair.split)).map((pair) => pair.question);
  const forbidden = [...dev, ...readOwnQuestions(dataDir)];
  const isForbidden = createLeakCheck(forbidden);
  const pairs = kept.flatMap((pair): SpiderPair[] => {
    const synonym = pair.split === 'train_spider' ? synonyms[pair.index] : undefined;
    const asked = synonym ? [pair.question, synonym] : [pair.question];
    const questions = asked.filter((question) => !isForbidden(question));
    return questions.length > 0 ? [{ dbId: pair.dbId, sql: pair.sql, questions }] : [];
  });
  const dbIds = new Set(pairs.map((pair) => pair.dbId));
  const databases = new Map([...dbIds].map((dbId) => [dbId, readDatabase(processed, dbId)]));
  return { pairs, databases, forbidden };
}
