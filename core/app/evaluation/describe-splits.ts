import { stat } from 'node:fs/promises';
import {
  AppError,
  datasetExampleSchema,
  provenPairSchema,
  type EvaluationSplit,
  type SplitInfo,
} from '../../contract/index.ts';
import { locateDataset, type DatasetFolder } from '../../dataset/reading/dataset-folder.ts';
import { eachRecord } from '../../dataset/reading/read-records.ts';
import { demoDatabases } from '../../demo/index.ts';
import { listOwnCases } from './own-databases.ts';

type CountQuestions = (signal: AbortSignal) => Promise<Map<string, number>>;

/** Which questions there are, without reading them: the dataset's files are counted anew when one has changed. */
export function createSplitReader(datasetDir: string): (signal: AbortSignal) => Promise<SplitInfo[]> {
  const folder = locateDataset(datasetDir);
  const counters: Record<EvaluationSplit, CountQuestions> = {
    demo: async () => new Map(demoDatabases.map(({ name, questions }) => [name, questions.length])),
    own: async () => countBy((await listOwnCases(datasetDir)).map(({ db }) => db)),
    dev: keepUntilChanged(folder.pairsFile, (signal) => countDev(folder, signal)),
    val: keepUntilChanged(folder.splitFiles.val, (signal) => countSplit(folder, 'val', signal)),
    test: keepUntilChanged(folder.splitFiles.test, (signal) => countSplit(folder, 'test', signal)),
    train: keepUntilChanged(folder.splitFiles.train, (signal) => countSplit(folder, 'train', signal)),
  };
  const describe = async (split: EvaluationSplit, signal: AbortSignal): Promise<SplitInfo> => {
    const needsDataset = split !== 'demo' && split !== 'own';
    try {
      return { split, needsDataset, ...describeCounts(await counters[split](signal)) };
    } catch (thrown) {
      signal.throwIfAborted();
      const missing = AppError.from(thrown).toPayload();
      return { split, needsDataset, questions: 0, databases: [], missing };
    }
  };
  const splits = Object.keys(counters) as EvaluationSplit[];
  return (signal) => Promise.all(splits.map((split) => describe(split, signal)));
}

function describeCounts(counts: ReadonlyMap<string, number>): Pick<SplitInfo, 'questions' | 'databases'> {
  const databases = [...counts].map(([db, questions]) => ({ db, questions }));
  return { questions: databases.reduce((sum, { questions }) => sum + questions, 0), databases };
}

const exampleSchema = datasetExampleSchema.pick({ dbId: true });
const pairSchema = provenPairSchema.pick({ dbId: true, split: true });

async function countSplit(
  folder: DatasetFolder,
  split: keyof DatasetFolder['splitFiles'],
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const names: string[] = [];
  const source = { path: folder.splitFiles[split], stage: 'split' };
  const isThere = await eachRecord(exampleSchema, source, async ({ dbId }) => void names.push(dbId), signal);
  if (!isThere) throw notSplit(folder);
  return countBy(names);
}

/** All of Spider's, also those that no half holds. */
async function countDev(folder: DatasetFolder, signal: AbortSignal): Promise<Map<string, number>> {
  await countSplit(folder, 'val', signal);
  const names: string[] = [];
  const source = { path: folder.pairsFile, stage: 'convert' };
  const take = async ({ dbId, split }: { dbId: string; split: string }) =>
    void (split === 'dev' && names.push(dbId));
  await eachRecord(pairSchema, source, take, signal);
  return countBy(names);
}

function keepUntilChanged(file: string, count: CountQuestions): CountQuestions {
  let known: { mark: string; counts: Map<string, number> } | undefined;
  return async (signal) => {
    const found = await stat(file).catch(() => undefined);
    const mark = found ? `${found.size} ${found.mtimeMs}` : '';
    if (known?.mark !== mark || mark === '') known = { mark, counts: await count(signal) };
    return known.counts;
  };
}

function countBy(names: readonly string[]): Map<string, number> {
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, own]) => [name, own.length]));
}

function notSplit(folder: DatasetFolder): AppError {
  return new AppError('DATASET_MISSING', `There is no split of Spider in ${folder.root}.`, {
    hint: 'Build the dataset first: its page runs the pipeline.',
  });
}
