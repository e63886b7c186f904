import type { z } from 'zod';
import {
  AppError,
  datasetExampleSchema,
  provenPairSchema,
  type EvaluationSplit,
  type Hardness,
} from '../../contract/index.ts';
import { locateDataset, type DatasetFolder } from '../../dataset/reading/dataset-folder.ts';
import { eachRecord } from '../../dataset/reading/read-records.ts';
import { isOrdered, type EvaluationCase } from '../../evaluation/index.ts';
import { hardnessOf } from '../../sql/index.ts';

type SpiderSplit = Extract<EvaluationSplit, 'dev' | 'val' | 'test' | 'train'>;

/** What a question needs of a line of the split's files; the rest is prompt and proof. */
const exampleSchema = datasetExampleSchema.pick({
  id: true,
  dbId: true,
  question: true,
  sql: true,
  hardness: true,
});

/**
 * A split's questions in Spider's order, with their PostgreSQL gold SQL. `dev` has all 1,034: those that no split holds,
 * because the published SQL has no defined answer and so proves nothing, are judged by its rewriting and marked.
 * @throws AppError DATASET_MISSING before `data split`
 */
export async function listSpiderCases(
  datasetDir: string,
  split: SpiderSplit,
  signal: AbortSignal,
): Promise<EvaluationCase[]> {
  const folder = locateDataset(datasetDir);
  if (split !== 'dev') return listExamples(folder, split, signal);
  const halves = [
    ...(await listExamples(folder, 'val', signal)),
    ...(await listExamples(folder, 'test', signal)),
  ];
  const all = await addUnproven(folder, new Map(halves.map((each) => [each.id, each])), signal);
  return all.toSorted((a, b) => positionOf(a.id) - positionOf(b.id));
}

async function listExamples(
  folder: DatasetFolder,
  split: Exclude<SpiderSplit, 'dev'>,
  signal: AbortSignal,
): Promise<EvaluationCase[]> {
  const cases: EvaluationCase[] = [];
  const source = { path: folder.splitFiles[split], stage: 'split' };
  const isThere = await eachRecord(
    exampleSchema,
    source,
    async ({ id, dbId, question, sql, hardness }) => {
      cases.push(await makeCase(id, dbId, question, sql, hardness));
    },
    signal,
  );
  if (isThere) return cases;
  throw new AppError('DATASET_MISSING', `There is no split of Spider in ${folder.root}.`, {
    hint: 'Make it with `sqlcodegen data all FILE` with spider.zip first.',
  });
}

async function addUnproven(
  folder: DatasetFolder,
  proven: ReadonlyMap<string, EvaluationCase>,
  signal: AbortSignal,
): Promise<EvaluationCase[]> {
  const cases = [...proven.values()];
  const source = { path: folder.pairsFile, stage: 'convert' };
  const take = async ({ id, split, dbId, question, sql, sqliteSql }: z.output<typeof provenPairSchema>) => {
    if (split !== 'dev' || proven.has(id)) return;
    const hardness = await hardnessOf(sqliteSql).catch(() => hardnessOf(sql));
    cases.push({ ...(await makeCase(id, dbId, question, sql, hardness)), goldUnproven: true });
  };
  await eachRecord(provenPairSchema, source, take, signal);
  return cases;
}

async function makeCase(
  id: string,
  db: string,
  question: string,
  goldSql: string,
  hardness: Hardness,
): Promise<EvaluationCase> {
  const ordered = await isOrdered(goldSql);
  return { id, db, question, goldSql, hardness, ordered, connectionId: `spider:${db}` };
}

/** `dev:17` → 17 */
function positionOf(id: string): number {
  return Number(id.split(':').at(-1));
}
