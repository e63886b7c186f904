import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetStageSchema, type DatasetStatus } from '../../contract/index.ts';
import type { DatasetIndex } from './build-index.ts';
import { countBy } from './count-by.ts';
import type { DatasetFolder } from './dataset-folder.ts';
import type { ReadIndex } from './index-cache.ts';

/** What is there. An absent dataset is a state like others; a damaged one is an error, as everywhere. */
export async function readStatus(folder: DatasetFolder, readIndex: ReadIndex): Promise<DatasetStatus> {
  const stages = await Promise.all(
    datasetStageSchema.options.map(async (stage) => ({
      stage,
      done: await exists(join(folder.processedDir, 'manifests', `${stage}.json`)),
    })),
  );
  const hasPairs = await exists(folder.pairsFile);
  const hasImport = await exists(join(folder.spiderDir, 'manifest.json'));
  const index = hasPairs ? await readIndex() : undefined;
  return {
    folder: folder.root,
    state: hasPairs ? 'ready' : hasImport ? 'partial' : 'missing',
    command: nextCommand(hasPairs, hasImport, index),
    stages,
    ...countExamples(index),
  };
}

/** `data all` runs only the stages that have something to do. */
function nextCommand(hasPairs: boolean, hasImport: boolean, index: DatasetIndex | undefined) {
  if (!hasPairs && !hasImport) return 'npm run -s sqlcodegen -- data all --spider spider.zip';
  return hasPairs && index?.isSplit === true ? undefined : 'npm run -s sqlcodegen -- data all';
}

function countExamples(index: DatasetIndex | undefined) {
  const examples = index?.examples ?? [];
  return {
    pairs: examples.length,
    bySource: countBy(examples, ({ pair }) => [pair.split]),
    bySplit: countBy(examples, ({ split }) => [split]),
    byOutcome: countBy(examples, ({ pair }) => [pair.outcome]),
    overrides: examples.filter(({ override }) => override !== undefined).length,
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
