import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { convertSpider } from '../conversion/index.ts';
import type { Stage, StageContext, StagePath } from '../dataset/stages/index.ts';
import { formatExamples, formatReportFile, mistralFiles } from '../dataset/format/index.ts';
import { readOverrides } from '../dataset/overrides/index.ts';
import { splitExamples, splitFileNames, splitReportFile } from '../dataset/split/index.ts';
import { startEmbeddedServer } from '../postgres/embedded.ts';
import { importSpider, splitFiles, toLayoutPath } from '../spider/index.ts';
import { hashCode } from './hash-code.ts';
import { currentVersionName, keepVersion } from './spider-versions.ts';

/** The stages in the order in which `data all` runs them. */
export const stageNames = ['import', 'convert', 'format', 'split', 'version'] as const;
export type StageName = (typeof stageNames)[number];

export interface SpiderStage extends Stage {
  name: StageName;
}

export interface StagePlaces {
  dataDir: string;
  /** The release to import: a zip or a folder. Undefined keeps what is imported. */
  source?: string | undefined;
}

const spiderFolder = 'raw/spider';
const splitPaths: StagePath[] = Object.values(splitFiles).map((file) => ({
  path: `${spiderFolder}/${file}`,
}));
const databasePath: StagePath = { path: `${spiderFolder}/database` };
const overridesPath: StagePath = { path: 'overrides.jsonl', optional: true };
const isSqlite = (path: string): boolean => path.endsWith('.sqlite');

interface Places {
  spiderDir: string;
  outDir: string;
  cacheDir: string;
  versionsDir: string;
  overridesFile: string;
  source: string | undefined;
}

/** Every stage: its files relative to the data folder, and the domain's function that does its work. */
export async function listStages({ dataDir, source }: StagePlaces): Promise<SpiderStage[]> {
  const places: Places = {
    spiderDir: join(dataDir, spiderFolder),
    outDir: join(dataDir, 'processed'),
    cacheDir: join(dataDir, 'cache'),
    versionsDir: join(dataDir, 'versions'),
    overridesFile: join(dataDir, overridesPath.path),
    source,
  };
  const stages = [
    await describeImport(places),
    describeConvert(places),
    describeFormat(places),
    describeSplit(places),
    describeVersion(places),
  ];
  return Promise.all(stages.map(nameStage));
}

type StagePart = Pick<SpiderStage, 'name' | 'inputs' | 'outputs' | 'run'> & {
  /** Folders below core/ whose code makes the outputs. */
  code: string[];
};

async function nameStage({ code, ...part }: StagePart): Promise<SpiderStage> {
  return { ...part, version: await hashCode(code), manifestFile: `processed/manifests/${part.name}.json` };
}

async function describeImport({ spiderDir, source }: Places): Promise<StagePart> {
  return {
    name: 'import',
    code: ['spider'],
    inputs: source === undefined ? [] : [await describeSource(source)],
    outputs: [...splitPaths, databasePath, ...['tables.json', 'manifest.json'].map(inSpider)],
    run: async (context) => {
      if (source !== undefined) await importSpider(source, spiderDir, context);
      return undefined;
    },
  };
}

function describeConvert(places: Places): StagePart {
  return {
    name: 'convert',
    code: ['conversion', 'conversion/filling', 'spider'],
    inputs: [...splitPaths, { ...databasePath, accepts: isSqlite }],
    outputs: [
      'postgres_schemas',
      'samples',
      'answers',
      'pairs.jsonl',
      'conversion_report.json',
      'conversion_report.html',
    ].map(inProcessed),
    run: (context) => convert(places, context),
  };
}

function describeFormat({ outDir, overridesFile }: Places): StagePart {
  return {
    name: 'format',
    code: ['dataset', 'dataset/format', 'schema', 'sql'],
    inputs: [...['pairs.jsonl', 'postgres_schemas'].map(inProcessed), overridesPath],
    outputs: [...Object.values(mistralFiles), formatReportFile].map(inProcessed),
    run: async (context) => {
      const overrides = await readOverrides(overridesFile);
      await formatExamples({ ...context, processedDir: outDir, overrides });
      return undefined;
    },
  };
}

function describeSplit({ outDir, overridesFile }: Places): StagePart {
  const inputs = ['pairs.jsonl', 'postgres_schemas', ...Object.values(mistralFiles)];
  return {
    name: 'split',
    code: ['dataset', 'dataset/split', 'schema', 'sql'],
    inputs: [...inputs.map(inProcessed), overridesPath],
    outputs: [...Object.values(splitFileNames), splitReportFile].map(inProcessed),
    run: async (context) => {
      const overrides = await readOverrides(overridesFile);
      await splitExamples({ ...context, processedDir: outDir, overrides });
      return undefined;
    },
  };
}

function describeVersion(places: Places): StagePart {
  const { train, val, test } = splitFileNames;
  return {
    name: 'version',
    code: ['dataset/versions'],
    inputs: [train, val, test].map(inProcessed),
    outputs: [inProcessed(currentVersionName)],
    run: async (context) => {
      const version = await keepVersion(places, context);
      return [{ path: `versions/${version}` }];
    },
  };
}

function inSpider(name: string): StagePath {
  return { path: `${spiderFolder}/${name}` };
}

function inProcessed(name: string): StagePath {
  return { path: `processed/${name}` };
}

/** What a user points at, under one name wherever it lies: a moved zip is the same input. */
async function describeSource(source: string): Promise<StagePath> {
  const at = resolve(source);
  const isFolder = await stat(at).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder
    ? { path: 'release', at, accepts: (path) => toLayoutPath(path) !== undefined }
    : { path: 'release.zip', at };
}

/** The embedded server is one of its own under `cache`, so that the demo databases are not touched. */
async function convert({ spiderDir, outDir, cacheDir }: Places, context: StageContext): Promise<undefined> {
  const server = await startEmbeddedServer({
    dataDir: join(cacheDir, 'spider-server'),
    signal: context.signal,
  });
  try {
    await convertSpider({ ...context, spiderDir, outDir, cacheDir, server, serverVersion: server.version });
  } finally {
    await server.stop();
  }
}
