import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/index.ts';
import { convertSpider } from '../../conversion/index.ts';
import { checkDataset } from '../../dataset/check-dataset.ts';
import { formatExamples, formatReportFile, mistralFiles } from '../../dataset/format/index.ts';
import { readOverrides } from '../../dataset/overrides/index.ts';
import { splitExamples, splitFileNames, splitReportFile } from '../../dataset/split/index.ts';
import type { StageContext } from '../../dataset/stages/index.ts';
import { startEmbeddedServer } from '../../postgres/embedded.ts';
import { settleOverridesFile } from '../prove-overrides.ts';
import { currentVersionName, keepVersion } from '../spider-versions.ts';
import {
  examplePaths,
  inProcessed,
  overridesPath,
  sqlitePath,
  type Places,
  type StagePart,
} from './stage-part.ts';

const convertedNames = [
  'postgres_schemas',
  'samples',
  'answers',
  'pairs.jsonl',
  'conversion_report.json',
  'conversion_report.html',
];

/** Loads every database into PostgreSQL, rewrites every gold query, and proves it. */
export function describeConvert(places: Places): StagePart {
  return {
    name: 'convert',
    code: ['conversion', 'conversion/filling', 'postgres', 'spider'],
    inputs: [...examplePaths, sqlitePath],
    outputs: convertedNames.map(inProcessed),
    run: async (context) => {
      await convert(places, context);
      return undefined;
    },
  };
}

/** The embedded server is one of its own under `cache`, so that the demo databases are not touched. */
async function convert({ spiderDir, processedDir, cacheDir }: Places, context: StageContext): Promise<void> {
  // The proofs of finished databases. What is loaded stays: it is kept by the hash of its file and of its code.
  if (context.force === true) await rm(join(cacheDir, 'conversion'), { recursive: true, force: true });
  const server = await startEmbeddedServer({
    dataDir: join(cacheDir, 'spider-server'),
    signal: context.signal,
  });
  try {
    await convertSpider({
      ...context,
      spiderDir,
      outDir: processedDir,
      cacheDir,
      server,
      serverVersion: server.version,
    });
  } finally {
    await server.stop();
  }
}

/** Writes prompts and completions for Mistral. */
export function describeFormat(places: Places): StagePart {
  const { processedDir, overridesFile } = places;
  return {
    name: 'format',
    prepare: (context) => settleOverridesFile(places, context),
    code: ['conversion', 'dataset', 'dataset/format', 'dataset/overrides', 'schema', 'sql'],
    inputs: [...['pairs.jsonl', 'postgres_schemas'].map(inProcessed), overridesPath],
    outputs: [...Object.values(mistralFiles), formatReportFile].map(inProcessed),
    run: async (context) => {
      const overrides = await readOverrides(overridesFile);
      await formatExamples({ ...context, processedDir, overrides });
      return undefined;
    },
  };
}

/** Divides the examples, and checks what a trainer relies on. */
export function describeSplit(places: Places): StagePart {
  const inputs = ['pairs.jsonl', 'postgres_schemas', 'samples', ...Object.values(mistralFiles)];
  return {
    name: 'split',
    prepare: (context) => settleOverridesFile(places, context),
    code: ['conversion', 'dataset', 'dataset/format', 'dataset/overrides', 'dataset/split', 'schema', 'sql'],
    inputs: [...inputs.map(inProcessed), overridesPath],
    outputs: [...Object.values(splitFileNames), splitReportFile].map(inProcessed),
    run: async (context) => {
      await split(places, context);
      return undefined;
    },
  };
}

async function split({ processedDir, overridesFile }: Places, context: StageContext): Promise<void> {
  const overrides = await readOverrides(overridesFile);
  await splitExamples({ ...context, processedDir, overrides });
  context.report?.('checking the files');
  const { problems } = await checkDataset(processedDir, context);
  const [first] = problems;
  if (first === undefined) return;
  const where = [first.file, first.id].filter((part) => part !== undefined).join(', ');
  throw new AppError('DATASET_CORRUPT', `${where}: ${first.problem} (${problems.length} problems in all).`, {
    hint: 'Run `sqlcodegen data format --force`, then `sqlcodegen data split --force`.',
  });
}

/** Keeps the splits under the hash of their content. */
export function describeVersion(places: Places): StagePart {
  const { train, val, test } = splitFileNames;
  return {
    name: 'version',
    code: ['dataset', 'dataset/versions'],
    inputs: [train, val, test].map(inProcessed),
    outputs: [inProcessed(currentVersionName)],
    run: async (context) => [{ path: `versions/${await keepVersion(places, context)}` }],
  };
}
