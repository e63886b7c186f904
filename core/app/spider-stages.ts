import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { convertSpider } from '../conversion/index.ts';
import type { Stage, StageContext, StagePath } from '../dataset/stages/index.ts';
import { startEmbeddedServer } from '../postgres/embedded.ts';
import { importSpider, splitFiles, toLayoutPath } from '../spider/index.ts';
import { hashCode } from './hash-code.ts';

/** The stages in the order in which `data all` runs them. */
export const stageNames = ['import', 'convert'] as const;
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
const isSqlite = (path: string): boolean => path.endsWith('.sqlite');

interface Places {
  spiderDir: string;
  outDir: string;
  cacheDir: string;
  source: string | undefined;
}

/** Every stage: its files relative to the data folder, and the domain's function that does its work. */
export async function listStages({ dataDir, source }: StagePlaces): Promise<SpiderStage[]> {
  const places: Places = {
    spiderDir: join(dataDir, spiderFolder),
    outDir: join(dataDir, 'processed'),
    cacheDir: join(dataDir, 'cache'),
    source,
  };
  const stages = [await describeImport(places), describeConvert(places)];
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
